import type { Content, MediaContent, Message } from '../../../sdk/index.ts';
import { isReadable, mimeOf, safeName, type Variant } from '../../../sdk/index.ts';
import { t } from '../../i18n/t.ts';
import type { IconName } from '../../ui/icons.ts';
import { clockTime } from './clock-time.ts';

/** What browsers show as a picture, and nothing of it runs. Drawings that are programs (SVG) are documents. */
const PICTURES = /^image\/(png|jpeg|gif|webp|avif|bmp)$/;
const VIDEOS = /^video\/(mp4|webm|ogg|quicktime|x-matroska)$/;
const SOUNDS = /^(audio\/[a-z0-9.+-]+|video\/(webm|mp4)|application\/ogg)$/;

/** Where a file is in a message; null: it has none, or not as it has to be. */
export function mediaOf(content: Content | null): MediaContent | null {
  if (content?.type !== 'media') return null;
  const media = content as MediaContent;
  return typeof media.media === 'string' && typeof media.mime === 'string' ? media : null;
}

/** How it is shown here: as its sender says, where what it is allows that. */
export function shownAs(media: MediaContent): MediaContent['kind'] {
  const { kind, mime } = media;
  if (!isReadable(media)) return 'document';
  if (kind === 'image') return PICTURES.test(mime) ? kind : 'document';
  if (kind === 'video') return VIDEOS.test(mime) ? kind : 'document';
  if (kind === 'audio' || kind === 'voice') return SOUNDS.test(mime) ? kind : 'document';
  return 'document';
}

/** What decrypted bytes are called in this page, where nobody has looked at them: what is shown here, and never anything that could run. */
export function typeShown(media: MediaContent, variant: Variant): string {
  const mime = mimeOf(media, variant);
  const isShown = variant === 'content' ? shownAs(media) !== 'document' : PICTURES.test(mime);
  return isShown ? mime : 'application/octet-stream';
}

/** Shown large, in the gallery. */
export const isSeen = (media: MediaContent): boolean =>
  media.media !== '' && (shownAs(media) === 'image' || shownAs(media) === 'video');

export const nameOfFile = ({ name }: MediaContent): string =>
  name === undefined ? t('media.file') : safeName(name);

const SIGNS = { image: '📷', video: '🎬', audio: '🎵', voice: '🎤', document: '📎' } as const;
export const ICONS: Readonly<Record<MediaContent['kind'], IconName>> = {
  image: 'image',
  video: 'video',
  audio: 'music',
  voice: 'microphone',
  document: 'file',
};

/** A message with a file in one line: its caption, or what it is. Text alone; null: it has none. */
export function mediaLine(content: Content | null): string | null {
  const media = mediaOf(content);
  if (media === null) return null;
  const kind = shownAs(media);
  const icon = SIGNS[kind];
  if (typeof media.text === 'string' && media.text.trim() !== '')
    return t('media.line', { icon, what: media.text.slice(0, 1_000) });
  const what = whatItIs(media);
  if (kind === 'voice' && media.duration_ms !== undefined)
    return t('media.lineTime', { icon, what, time: clockTime(media.duration_ms) });
  return t('media.line', { icon, what });
}

/** As one calls it: by its kind, or by its name. */
export function whatItIs(media: MediaContent): string {
  switch (shownAs(media)) {
    case 'image':
      return t('media.photo');
    case 'video':
      return t('media.video');
    case 'voice':
      return t('media.voice');
    case 'audio':
      return media.name === undefined ? t('media.audio') : safeName(media.name);
    default:
      return nameOfFile(media);
  }
}

/** What is shown large among messages, in their order. */
export const seenIn = (entries: readonly { type: string }[]): Message[] =>
  (entries as readonly Message[]).filter((entry) => {
    if (entry.type !== 'message' || entry.gone !== null || entry.unreadable) return false;
    const media = mediaOf(entry.content);
    return media !== null && isSeen(media);
  });
