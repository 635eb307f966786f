import { resolve } from 'node:path';
import { loadConfig } from '../../platform/config/load.ts';
import { openDataFolder } from '../../platform/data-folder.ts';
import { checkBackup, restoreInto } from '../../services/backup.ts';
import { askServer } from '../control.ts';

export async function restore([source, ...args]: string[]): Promise<number> {
  if (source === undefined || source.startsWith('--')) throw new Error('Usage: dunlin restore FOLDER');
  const { config } = loadConfig(args, process.env);
  const from = resolve(source);
  checkBackup(from);
  const answered = await askServer(config.data.folder, { command: 'restore', argument: from });
  if (answered === null) {
    const folder = openDataFolder(config.data.folder);
    try {
      restoreInto(folder.path, from);
    } finally {
      folder.release();
    }
  }
  process.stdout.write(
    `Restored from ${from}. What was there before is in ${resolve(config.data.folder)}/before-restore.\n`,
  );
  return 0;
}
