import { homedir } from 'node:os';
import { basename } from 'node:path';
import { sizeOf } from '../../sdk/index.ts';
import type { App } from '../app.ts';
import { nameToSave, save } from '../saving.ts';
import { mediaIn, size } from '../text/file-line.ts';
import { oneLine } from '../text/printable.ts';
import { type CommandTable, messageAt, need, opened } from './command.ts';

const ENCRYPT = '-e';

/** What stands behind the first word, which may be in quotation marks. */
const afterFirst = (rest: string): string => rest.replace(/^(["“][^"”]*["”]|\S+)\s*/, '');
const atHome = (path: string): string => path.replace(/^~(?=\/|$)/, homedir());

export const fileCommands: CommandTable = {
  file: {
    args: '[-e] PATH [CAPTION]',
    about:
      'sends a file to the open conversation; -e: encrypted, so that where it is stored it cannot be read',
    offers: 'nothing',
    async run(app, words, rest) {
      const { where } = opened(app);
      const encrypt = words[0] === ENCRYPT;
      const [path] = encrypt ? words.slice(1) : words;
      const wanted = atHome(need(path, `/file [${ENCRYPT}] PATH [CAPTION]`));
      const file = await app.openFile(wanted).catch((error: NodeJS.ErrnoException) => {
        throw new Error(error.code === 'ENOENT' ? `There is no ${oneLine(wanted)}.` : error.message);
      });
      const caption = afterFirst(encrypt ? afterFirst(rest) : rest);
      await app.sendFile(where, file, {
        ...{ name: basename(wanted), encrypt },
        ...(caption === '' ? {} : { caption }),
      });
    },
  },
  cancel: {
    args: '',
    about: 'gives up the files that are being uploaded to the open conversation',
    offers: 'nothing',
    run: (app) => toUploads(app, 'cancel', 'Given up'),
  },
  pause: {
    args: '',
    about: 'holds the files that are being uploaded to the open conversation; /resume goes on',
    offers: 'nothing',
    run: (app) => toUploads(app, 'pause', 'Held'),
  },
  resume: {
    args: '',
    about: 'goes on with the files that were held',
    offers: 'nothing',
    run: (app) => toUploads(app, 'goOn', 'Going on'),
  },
  save: {
    args: 'NUMBER [PATH]',
    about: 'saves the file of a message: here, or to a folder or path; nothing is overwritten',
    offers: 'nothing',
    async run(app, [number, path]) {
      const { content } = await messageAt(app, number);
      const media = mediaIn(content);
      if (media === null || media.media === '') throw new Error('There is no file in this message.');
      const bytes = await app.download(media);
      const saved = await save(bytes, nameToSave(media.name), atHome(path ?? '.'));
      app.note(`Saved: ${oneLine(saved)} (${size(sizeOf(media))})`);
    },
  },
};

/** Does it to every file that is on its way to the open conversation. */
async function toUploads(app: App, what: 'cancel' | 'pause' | 'goOn', done: string): Promise<void> {
  const keys = opened(app)
    .entries.filter((entry) => entry.type === 'message' && entry.state === 'uploading')
    .map(({ key }) => key);
  for (const key of keys) await app.store.uploads?.[what](key);
  app.note(keys.length === 0 ? 'Nothing is being uploaded here.' : `${done}: ${keys.length}.`);
}

/** How far uploads have come, for the line of status; empty: there are none. */
export function uploadsLine(uploads: readonly { sent: number; bytes: number; state: string }[]): string {
  const [first] = uploads;
  if (first === undefined) return '';
  const sent = uploads.reduce((sum, one) => sum + one.sent, 0);
  const bytes = uploads.reduce((sum, one) => sum + one.bytes, 0);
  const percent = bytes === 0 ? 0 : Math.floor((sent / bytes) * 100);
  const held = uploads.every(({ state }) => state === 'paused') ? ', held' : '';
  return `↑ ${uploads.length === 1 ? '' : `${uploads.length} files `}${percent}% of ${size(bytes)}${held}`;
}
