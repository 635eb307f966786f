import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDirectory } from './open.ts';

/** A directory.db of its own in a temporary folder, for tests. */
export async function temporaryDirectory() {
  const folder = await mkdtemp(join(tmpdir(), 'dunlin-directory-'));
  const directory = await openDirectory(join(folder, 'directory.db'));
  return {
    ...directory,
    folder,
    async dispose() {
      await directory.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
