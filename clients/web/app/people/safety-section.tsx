import { useState } from 'preact/hooks';
import type { AnyEvent, Conversation } from '../../../sdk/index.ts';
import type { Chat } from '../../chat/chat.ts';
import { t } from '../../i18n/t.ts';
import { nameOf } from '../naming.ts';
import { ActionRow, attempt, Section, Sure, useAnswer } from '../screen/index.ts';
import { ReportDialog } from './report-dialog.tsx';

export const blocksChange = ({ type }: AnyEvent): boolean => type.startsWith('block.');

/** Keeping somebody away, and telling the administrators of them. */
export function SafetySection(props: { chat: Chat; user: string; conversation: Conversation | null }) {
  const { chat, user, conversation } = props;
  const { answer } = useAnswer(chat, 'blocks.list', {}, blocksChange);
  const [over, setOver] = useState<'block' | 'report' | null>(null);
  const name = nameOf(chat, user);
  const blocked = answer?.blocks.some((one) => one.user === user) ?? false;
  const close = () => setOver(null);
  return (
    <Section {...(blocked ? { note: t('people.blockedNote', { name }) } : {})}>
      <ActionRow
        icon="block"
        danger={!blocked}
        disabled={answer === null}
        label={t(blocked ? 'people.unblock' : 'people.block', { name })}
        onClick={() =>
          blocked ? void attempt(chat, chat.change('block.remove', { user })) : setOver('block')
        }
      />
      <ActionRow icon="flag" danger label={t('people.report', { name })} onClick={() => setOver('report')} />
      {over === 'block' && (
        <Sure
          title={t('people.blockTitle', { name })}
          text={t('people.blockText')}
          action={t('people.blockAction')}
          onClose={close}
          onSure={() => attempt(chat, chat.change('block.add', { user }))}
        />
      )}
      {over === 'report' && (
        <ReportDialog chat={chat} user={user} conversation={conversation} onClose={close} />
      )}
    </Section>
  );
}
