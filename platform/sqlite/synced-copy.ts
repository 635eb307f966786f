import { existsSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Has a copy made under another name, brings it to the disk, and only then gives it its name: there is no half a copy. */
export async function syncedCopy(
  target: string,
  make: (unfinished: string) => Promise<unknown>,
): Promise<void> {
  if (existsSync(target)) throw new Error(`${target} exists already`);
  const unfinished = `${target}.unfinished`;
  await rm(unfinished, { force: true });
  await make(unfinished);
  await sync(unfinished);
  await rename(unfinished, target);
  await sync(dirname(target));
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
