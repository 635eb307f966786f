import type { MediaOptions } from '../../../../sdk/index.ts';
import { safeName } from '../../../../sdk/index.ts';
import type { PaneState } from '../../conversation/state.ts';
import { keepLocal } from '../local.ts';
import { canBeSmaller, measure, smaller } from './pictures.ts';
import { posterOf } from './poster.ts';

/** Sends a file into a conversation, as the answer to what is being answered. @throws what the chat throws: nothing was kept */
export async function sendFile(
  state: PaneState,
  file: Blob,
  options: MediaOptions,
  replyTo: number | null = null,
): Promise<void> {
  const key = await state.chat.sendMedia(state.where, file, {
    ...options,
    ...(replyTo === null ? {} : { replyTo }),
  });
  keepLocal(key, file);
}

/** One after the other, as they stand; the first has the caption. */
export async function sendFiles(
  state: PaneState,
  files: readonly File[],
  { caption, makeSmaller }: { caption: string; makeSmaller: boolean },
): Promise<void> {
  const answering = state.answering.peek();
  const replyTo = answering?.kind === 'reply' ? answering.message.seq : null;
  if (answering?.kind === 'reply') state.answering.value = null;
  for (const [at, original] of files.entries()) {
    let file = original;
    let measured = await measure(file);
    if (makeSmaller && canBeSmaller(file, measured)) {
      // As it is, where this browser cannot.
      file = await smaller(file).catch(() => original);
      measured = await measure(file);
    }
    const first = at === 0;
    await sendFile(
      state,
      file,
      {
        ...(file.name === '' ? {} : { name: safeName(file.name) }),
        ...(measured ?? (await posterOf(file))),
        ...(first && caption.trim() !== '' ? { caption: caption.trim() } : {}),
      },
      first ? replyTo : null,
    );
  }
  await state.goToNewest().catch(() => {});
}
