import type { PresencePayload } from '../../../protocol/events.ts';
import type { StoredEntry } from './entries.ts';
import type { UploadProgress } from './upload.ts';

export interface StoreEvents extends Record<string, unknown> {
  /** Ids of conversations that are not in the list as they were. */
  conversations: string[];
  /** Ids of conversations where somebody may have more than before, or where members have changed. */
  receipts: string[];
  typing: { conversation: string; users: string[] };
  presence: PresencePayload;
  /** Messages and notices that came just now and are kept, one's own too: what is printed, or rung for. Not pages of history. */
  arrived: StoredEntry[];
  /** A file of a message that is on its way has come further. */
  upload: UploadProgress;
  /** Something could not be kept or read: {@link StorageFullError} for one. What was not kept comes again. */
  trouble: Error;
}
