import type { Message } from '../../../sdk/index.ts';
import type { Chat } from '../../chat/chat.ts';
import { failed } from '../conversation/actions/actions.ts';
import { mediaOf, nameOfFile } from './content.ts';
import { localUrl } from './local.ts';

/** Saves a message’s file, under its name. The server says that it is to be saved and not opened, where it could run. */
export function download(chat: Chat, message: Message): void {
  const media = mediaOf(message.content);
  if (media === null) return;
  const save = (url: string) => {
    const link = document.createElement('a');
    link.href = url;
    link.download = nameOfFile(media);
    link.rel = 'noopener';
    link.click();
  };
  const local = localUrl(message.key);
  if (local !== null) save(local);
  else if (media.media !== '') chat.mediaPlaces(media.media).then(({ url }) => save(url), failed);
}
