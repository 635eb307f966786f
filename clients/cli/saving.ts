import { createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { safeName } from '../sdk/index.ts';

/** So many files of one name are put beside each other. */
const MOST_ALIKE = 99;
/** Of Windows, which has no others than these. */
const DEVICES = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** The name of a file of somebody else’s in a folder of one’s own: on every system a plain file, that is seen, and is no option. */
export function nameToSave(name: string | undefined): string {
  const plain = safeName(name ?? 'file')
    .replaceAll(/[<>:"|?*]/g, '_')
    .replace(/^[.-]+/, '_')
    .replace(/[. ]+$/, '');
  if (plain === '') return 'file';
  return DEVICES.test(plain) ? `_${plain}` : plain;
}

/**
 * Writes what comes to a file that was not there before. Nothing is ever overwritten; what has not come whole does not stay.
 * @param to a folder, or the path of the file
 * @returns where it is
 */
export async function save(bytes: ReadableStream<Uint8Array>, name: string, to: string): Promise<string> {
  const isFolder = await stat(to).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const path = isFolder ? join(to, name) : resolve(to);
  // One that was named is this one, or none.
  for (const candidate of isFolder ? alike(path) : [path]) {
    const file = createWriteStream(candidate, { flags: 'wx', mode: 0o600 });
    try {
      await new Promise<void>((opened, failed) => file.once('open', () => opened()).once('error', failed));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      continue;
    }
    try {
      await pipeline(Readable.fromWeb(bytes as never), file);
      return candidate;
    } catch (error) {
      await rm(candidate, { force: true });
      throw error;
    }
  }
  throw new Error(`${path} is there already: give another path.`);
}

/** `boat.png`, `boat (1).png`, … */
function* alike(path: string): Generator<string> {
  yield path;
  const ending = extname(path);
  const start = join(dirname(path), basename(path, ending));
  for (let number = 1; number <= MOST_ALIKE; number++) yield `${start} (${number})${ending}`;
}
