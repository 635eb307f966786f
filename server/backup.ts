import type { DataFolder } from '../platform/data-folder.ts';
import { copyMedia, DATABASES, writeBackup } from '../services/backup.ts';
import type { Services } from './services.ts';
import type { Stores } from './stores.ts';

/** Copies everything that is kept to an empty folder, as of one moment. */
export async function backUp(
  target: string,
  parts: {
    folder: DataFolder;
    backups: Stores['backups'];
    numbering: Services['numbering'];
  },
): Promise<void> {
  const { folder, backups, numbering } = parts;
  if (DATABASES.some((name) => backups[name] === undefined))
    throw new Error(
      'Part of this installation is on servers (engines.*): back them up with their own tools.',
    );
  // Numbering waits, so that history and directory are of one moment.
  await numbering?.pause();
  try {
    await writeBackup(folder.path, target, (name, path) => backups[name]!(path));
  } finally {
    numbering?.resume();
  }
  await copyMedia(folder.path, target);
}
