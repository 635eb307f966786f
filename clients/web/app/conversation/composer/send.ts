import { failed } from '../actions/actions.ts';
import type { Answering, PaneState } from '../state.ts';

interface Written {
  text: string;
  mentions: string[];
  /** Seconds; null: as the conversation has it. */
  ttl: number | null;
}

/** Sends what was written, or puts it in the place of what is edited. @throws what the chat throws: nothing was kept */
export async function send(
  state: PaneState,
  answering: Answering | null,
  { text, mentions, ttl }: Written,
): Promise<void> {
  const { chat, where } = state;
  if (answering?.kind === 'edit') {
    const { conversation, seq, content, mentions: before } = answering.message;
    if (conversation === null || seq === null || content?.text === text) return;
    const told = mentions.length > 0 || before.length > 0 ? { mentions } : {};
    const edited = { conversation, seq, content: { type: 'text' as const, text }, ...told };
    // Not waited for: without a connection it goes out with the next one.
    chat.change('message.edit', edited).catch(failed);
    return;
  }
  await chat.send(where, text, {
    ...(answering?.message.seq == null ? {} : { replyTo: answering.message.seq }),
    ...(mentions.length === 0 ? {} : { mentions }),
    ...(ttl === null ? {} : { ttl }),
  });
  await state.goToNewest().catch(() => {}); // without a connection the newest that is here is shown
}
