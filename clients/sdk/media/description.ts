import { refusal } from '../../../protocol/errors.ts';
import type { MediaContent } from '../../../protocol/media.ts';
import { checkSize } from '../command-size.ts';
import { RefusedError } from '../session.ts';
import type { Preview } from './preview.ts';

/** What is said of a file when it is uploaded; the server finds out what its bytes say. */
export interface FileFields {
  /** How it is to be shown, where its bytes allow it. */
  kind?: MediaContent['kind'];
  name?: string;
  durationMs?: number;
  /** How loud it is, from beginning to end: at most 64 numbers from 0 to 31. */
  waveform?: readonly number[];
}

/**
 * What is said of a file when it is sent. The server finds out what its bytes say; until then this is what is shown. Of an
 * encrypted one it is all that anybody says.
 */
export interface FileDescription extends FileFields, Preview {
  caption?: string;
  /** Neither the storage of the server nor a CDN can read it; the server can, where the message with the key is not encrypted. */
  encrypt?: boolean;
}

/** Before the server knows what it is. */
const UNKNOWN = 'application/octet-stream';
const TYPE = /^[a-z0-9][a-z0-9.+-]{0,63}\/[a-z0-9][a-z0-9.+-]{0,63}$/;
const MOST_NAME = 255;

/**
 * What is shown of a file while it is uploaded: `media` is empty.
 * @param type what it is, where that is known better
 * @throws {RefusedError} too_large: the caption, bad_request: nothing is in it
 */
export function contentBefore(file: Blob, options: FileDescription, type = file.type): MediaContent {
  const { caption, kind, name, width, height, durationMs, waveform, blurhash } = options;
  if (file.size === 0) throw new RefusedError(refusal('bad_request', 'the file is empty'));
  const given = type.split(';')[0]!.trim().toLowerCase();
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
    ...(blurhash === undefined ? {} : { blurhash }),
  };
  checkSize('', { content });
  return content;
}

/** What is said to the server of a file that it may look into. */
export function fileFieldsIn({ kind, name, durationMs, waveform }: FileFields): FileFields {
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(name === undefined ? {} : { name }),
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(waveform === undefined ? {} : { waveform }),
  };
}

/** By what its maker says of it. */
export function kindOf(mime: string): MediaContent['kind'] {
  const kind = mime.split('/')[0];
  // A drawing that is a program is a document.
  if (mime === 'image/svg+xml') return 'document';
  return kind === 'image' || kind === 'video' || kind === 'audio' ? kind : 'document';
}
