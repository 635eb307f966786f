import type { Message, StoredMessage } from '../../../../sdk/index.ts';
import { fullTime } from '../../../i18n/dates.ts';
import { t } from '../../../i18n/t.ts';
import { mediaLine } from '../../media/content.ts';

/** A message in one line: for quotes, labels, what arrives. Text alone. */
export function plainText(message: StoredMessage, me: string): string {
  if (message.gone === 'deleted') return t(message.sender === me ? 'message.deletedOwn' : 'message.deleted');
  if (message.gone === 'expired') return t('message.expired');
  if (message.unreadable) return t('message.unreadable');
  const line = mediaLine(message.content);
  if (line !== null) return line;
  const text = message.content?.text;
  return typeof text === 'string' && text !== '' ? text : t('message.unsupported');
}

/** What a message is to those who do not see it: who, when, what, and how far it has come. */
export function messageLabel(message: Message, me: string, name: (user: string) => string): string {
  const label = t('message.label', {
    name: message.sender === me ? t('message.you') : name(message.sender),
    time: message.time === null ? t('message.state.queued') : fullTime(message.time),
    text: plainText(message, me).slice(0, 1_000),
  });
  const more = [
    message.edited === null ? null : t('message.edited'),
    message.state === null ? null : t(`message.state.${message.state}`),
    message.reactions.map(({ emoji, count }) => `${emoji} ${count}`).join(' '),
  ].filter(Boolean);
  return more.length === 0 ? label : t('message.labelState', { label, state: more.join(', ') });
}
