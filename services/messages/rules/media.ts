import type { Content, MediaContent } from '../../../protocol/content.ts';
import { Refused } from '../../../protocol/errors.ts';
import type { Actor } from '../../actor.ts';
import type { FoldedEvent, StoredEvent } from '../history.ts';
import type { MessageRuleParts } from './parts.ts';

export const isMedia = (content: Content | undefined): content is MediaContent => content?.type === 'media';

/** Whether they may send this file. @throws {Refused} media_not_found, bad_request */
export async function checkMedia(
  { media }: Pick<MessageRuleParts, 'media'>,
  actor: Actor,
  content: MediaContent,
): Promise<void> {
  if (media === undefined) throw new Refused('media_not_found');
  await media.check(actor.user, content);
}

/** Whoever may read the event may have its file, as long as the message at `message` is there. */
export async function referToMedia(
  { media }: Pick<MessageRuleParts, 'media'>,
  { stream, seq, expires }: StoredEvent,
  message: number,
  content: Content | undefined,
): Promise<void> {
  if (isMedia(content))
    await media?.refer({ media: content.media, conversation: stream, seq, message, expires });
}

/** False: neither the message nor an edit of it can have had a file. */
export function mayHaveMedia({ body, fold }: FoldedEvent): boolean {
  return fold?.edited !== undefined || isMedia((JSON.parse(body) as { content?: Content }).content);
}
