import type { Message } from '../../../../sdk/index.ts';
import type { Chat, Where } from '../../../chat/chat.ts';
import { t } from '../../../i18n/t.ts';
import { toast } from '../../../ui/toasts.ts';
import { wordsFor } from '../../words-for.ts';
import type { PaneState } from '../state.ts';
import { forwardable, mayDeleteForAll } from './may.ts';

/** Says that something did not work, and why. */
export function failed(error: unknown): void {
  toast(t('act.failed', { why: wordsFor(error) }), { kind: 'error' });
}

/** Sets one’s reaction, or takes it back where it is this one already. */
export function react({ chat, me }: PaneState, message: Message, emoji: string): void {
  if (message.seq === null || message.conversation === null) return;
  const own = ownReaction(message, me);
  chat
    .change('message.react', {
      conversation: message.conversation,
      seq: message.seq,
      emoji: own === emoji ? null : emoji,
    })
    .catch(failed);
}

export const ownReaction = ({ reactions }: Message, me: string): string | null =>
  reactions.find(({ users }) => users.includes(me))?.emoji ?? null;

export function copy(messages: readonly Message[]): void {
  const text = messages
    .map(({ content }) => content?.text)
    .filter((part) => typeof part === 'string')
    .join('\n');
  navigator.clipboard.writeText(text).then(() => toast(t('act.copied')), failed);
}

/** In their order, to each. Works without a connection: they go out with the next one. */
export async function forward(chat: Chat, messages: readonly Message[], to: readonly Where[]): Promise<void> {
  for (const where of to)
    for (const { content, forwarded } of messages)
      if (content !== null) await chat.send(where, forwardable(content), { forwarded: forwarded + 1 });
  toast(t('forward.sent', { count: to.length }));
}

export function remove(state: PaneState, messages: readonly Message[], forAll: boolean): void {
  const { chat, me, conversation } = state;
  for (const message of messages) {
    if (message.seq === null || message.conversation === null) continue;
    const type = forAll && mayDeleteForAll(message, me, conversation) ? 'message.delete' : 'message.hide';
    chat.change(type, { conversation: message.conversation, seq: message.seq }).catch(failed);
  }
}
