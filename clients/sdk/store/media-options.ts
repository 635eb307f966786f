import { refusal } from '../../../protocol/errors.ts';
import type { MediaContent } from '../../../protocol/media.ts';
import { checkSize } from '../client.ts';
import type { FileFields } from '../media/media.ts';
import { RefusedError } from '../session.ts';
import type { SendOptions } from './pending.ts';

/** What is said of a file when it is sent. The server finds out what its bytes say; until then this is what is shown. */
export interface MediaOptions extends SendOptions, FileFields {
  caption?: string;
  width?: number;
  height?: number;
}

/** Before the server knows what it is. */
const UNKNOWN = 'application/octet-stream';
const TYPE = /^[a-z0-9][a-z0-9.+-]{0,63}\/[a-z0-9][a-z0-9.+-]{0,63}$/;
const MOST_NAME = 255;

/** What is shown of a file while it is uploaded: `media` is empty. @throws {RefusedError} too_large: the caption, bad_request: nothing is in it */
export function contentBefore(file: Blob, options: MediaOptions): MediaContent {
  const { caption, kind, name, width, height, durationMs, waveform } = options;
  if (file.size === 0) throw new RefusedError(refusal('bad_request', 'the file is empty'));
  const given = file.type.split(';')[0]!.trim().toLowerCase();
  const mime = TYPE.test(given) ? given : UNKNOWN;
  const content: MediaContent = {
    type: 'media',
    kind: kind ?? kindOf(mime),
    media: '',
    mime,
    bytes: file.size,
    ...(caption === undefined || caption === '' ? {} : { text: caption }),
    ...(name === undefined || name === '' ? {} : { name: name.slice(0, MOST_NAME) }),
    ...(width === undefined ? {} : { width }),
    ...(height === undefined ? {} : { height }),
    ...(durationMs === undefined ? {} : { duration_ms: durationMs }),
    ...(waveform === undefined ? {} : { waveform: [...waveform] }),
  };
  checkSize('', { content });
  return content;
}

/** By what its maker says of it. */
export function kindOf(mime: string): MediaContent['kind'] {
  const kind = mime.split('/')[0];
  // A drawing that is a program is a document.
  if (mime === 'image/svg+xml') return 'document';
  return kind === 'image' || kind === 'video' || kind === 'audio' ? kind : 'document';
}
