import type { Clock } from '../../platform/clock.ts';
import { Refused } from '../../protocol/errors.ts';
import type { MediaContent } from '../../protocol/media.ts';
import type { MediaStore, Reference } from './store.ts';

/** What the rules of messages ask of files. */
export interface MediaCarrying {
  /**
   * Whether this user may send this: it is theirs, or in a message that they may read; and it is what the message says of it.
   * @throws {Refused} media_not_found, bad_request
   */
  check(user: string, content: MediaContent): Promise<void>;
  /** A message has it, from now on. Idempotent. */
  refer(reference: Reference): Promise<void>;
  /** The message is gone, with what its edits had. Idempotent. */
  release(conversation: string, message: number): Promise<void>;
}

export function createCarrying({ store, clock }: { store: MediaStore; clock: Clock }): MediaCarrying {
  return {
    async check(user, content) {
      const now = clock.now();
      const [media, may] = await Promise.all([
        store.get(content.media),
        store.mayFetch(user, content.media, now),
      ]);
      if (media === null || !may) throw new Refused('media_not_found');
      // What readers are told before they fetch it is what they get. Of what is encrypted only its sender knows what it is.
      if (content.bytes !== media.bytes)
        throw new Refused('bad_request', '/content/bytes: not those of the file');
      if (!media.encrypted && content.mime !== media.mime)
        throw new Refused('bad_request', '/content/mime: not that of the file');
      if (media.encrypted !== (content.encrypted !== undefined))
        throw new Refused('bad_request', '/content/encrypted: not as the file is');
      await store.touch(media.id, now);
    },
    refer: (reference) => store.refer(reference),
    release: (conversation, message) => store.release(conversation, message, clock.now()),
  };
}
