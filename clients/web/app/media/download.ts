import { DamagedError, isReadable, type MediaContent, type Message } from '../../../sdk/index.ts';
import type { Chat } from '../../chat/chat.ts';
import { t } from '../../i18n/t.ts';
import { toast } from '../../ui/toasts.ts';
import { failed } from '../conversation/actions/actions.ts';
import { mediaOf, nameOfFile } from './content.ts';
import { localUrl } from './local.ts';
import { fetchOpened } from './opened.ts';

/** So long a browser may take to begin with what it saves, milliseconds. */
const SAVING_MS = 60_000;

/**
 * Saves a message’s file, under its name. The server says that it is to be saved and not opened, where it could run; one that is
 * encrypted is decrypted first. Resolves when the browser has it to save, also when that did not work, which is said.
 */
export async function download(chat: Chat, message: Message): Promise<void> {
  const media = mediaOf(message.content);
  if (media === null) return;
  const local = localUrl(message.key);
  if (local !== null) return save(local, media);
  if (media.media === '' || !isReadable(media)) return;
  try {
    if (media.encrypted === undefined) save((await chat.mediaPlaces(media.media)).url, media);
    else await saveOpened(chat, media);
  } catch (error) {
    if (error instanceof DamagedError) toast(t('media.damaged'), { kind: 'error' });
    else failed(error);
  }
}

async function saveOpened(chat: Chat, media: MediaContent): Promise<void> {
  const blob = await fetchOpened(chat, media, 'content', new AbortController().signal);
  // To be saved, whatever its sender says that it is.
  const url = URL.createObjectURL(blob.slice(0, undefined, 'application/octet-stream'));
  save(url, media);
  setTimeout(() => URL.revokeObjectURL(url), SAVING_MS);
}

function save(url: string, media: MediaContent): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = nameOfFile(media);
  link.rel = 'noopener';
  link.click();
}
