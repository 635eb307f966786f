import { resolve } from 'node:path';
import { loadConfig } from '../../platform/config/load.ts';
import { openDataFolder } from '../../platform/data-folder.ts';
import { copyDatabases } from '../../services/backup.ts';
import { askServer } from '../control.ts';

export async function backup([target, ...args]: string[]): Promise<number> {
  if (target === undefined || target.startsWith('--')) throw new Error('Usage: dunlin backup FOLDER');
  const { config } = loadConfig(args, process.env);
  const answered = await askServer(config.data.folder, { command: 'backup', argument: resolve(target) });
  if (answered === null) {
    const folder = openDataFolder(config.data.folder);
    try {
      await copyDatabases(folder.path, resolve(target));
    } finally {
      folder.release();
    }
  }
  process.stdout.write(
    `Backup written to ${resolve(target)}. It holds the signing key: keep it as safe as the server.\n`,
  );
  return 0;
}
