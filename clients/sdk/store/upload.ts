import type { Content } from '../../../protocol/content.ts';
import type { MediaContent } from '../../../protocol/media.ts';
import type { FileFields } from '../media/description.ts';
import { type Envelope, lengthIn } from '../media/sealed/envelope.ts';

/** How far the file of a message has come. */
export interface UploadProgress {
  /** The message’s. */
  id: string;
  sent: number;
  bytes: number;
  /** `waiting`: for others before it, or for a connection. `ended`: it is there, or is not to be. */
  state: 'waiting' | 'running' | 'paused' | 'ended';
}

/** What is left to do of a file that is to be uploaded before its message is sent. */
export interface PendingUpload {
  /** Where it goes on; null: it has not begun. */
  url: string | null;
  paused: boolean;
  fields: FileFields;
  /** What it is encrypted with: the same over restarts, so that it goes on with the same bytes. Absent: it is not. */
  envelope?: Envelope;
}

/** How much there is to upload of a message. */
export function bytesOf({ content, upload }: { content: Content; upload?: PendingUpload }): number {
  const { bytes } = content as MediaContent;
  return upload?.envelope === undefined ? bytes : lengthIn(upload.envelope, bytes);
}
