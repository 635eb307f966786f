import {
  chmodSync,
  constants,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { syncedCopy } from '../platform/sqlite/synced-copy.ts';

/** The databases of an embedded installation, by file name. */
export const DATABASES = ['directory.db', 'messages.db', 'broker.db'] as const;

/** Files that people sent, where they are in the data folder: `media.folder` elsewhere, and S3, are the operator’s to keep. */
const MEDIA = 'media';

const isSecret = (name: string) => name.endsWith('.pem');

/** Writes a backup of a data folder that no server uses. */
export async function copyDatabases(folder: string, target: string): Promise<void> {
  await writeBackup(folder, target, async (name, path) => {
    const db = new DatabaseSync(join(folder, name), { timeout: 5_000 });
    try {
      db.prepare('VACUUM INTO ?').run(path);
    } finally {
      db.close();
    }
  });
  await copyMedia(folder, target);
}

/** Writes a backup with `copy` making the copy of each database, and the keys beside them. */
export async function writeBackup(
  folder: string,
  target: string,
  copy: (name: string, path: string) => Promise<void>,
): Promise<void> {
  if (existsSync(target) && readdirSync(target).length > 0) throw new Error(`${target} is not empty`);
  mkdirSync(target, { recursive: true, mode: 0o700 });
  for (const name of DATABASES) {
    if (existsSync(join(folder, name))) await syncedCopy(join(target, name), (path) => copy(name, path));
  }
  for (const name of readdirSync(folder).filter(isSecret)) {
    copyFileSync(join(folder, name), join(target, name));
    chmodSync(join(target, name), 0o600);
  }
}

/**
 * The files that the databases of a backup name, after those: what comes meanwhile is one too many, and nothing is missing. They never
 * change, so that nobody has to wait; where the file system can, the copy takes no room.
 */
export async function copyMedia(folder: string, target: string): Promise<void> {
  const from = join(folder, MEDIA);
  if (!existsSync(from)) return;
  for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name.endsWith('.part')) continue;
    const within = entry.parentPath.slice(from.length);
    await mkdir(join(target, MEDIA, within), { recursive: true, mode: 0o700 });
    const there = join(target, MEDIA, within, entry.name);
    await copyFile(join(entry.parentPath, entry.name), there, constants.COPYFILE_FICLONE).catch(unlessGone);
  }
}

/** A file whose last message has gone since. */
function unlessGone(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}

/** @throws {Error} when the folder holds no backup, or a damaged one */
export function checkBackup(source: string): void {
  for (const name of DATABASES) {
    const path = join(source, name);
    if (!existsSync(path)) throw new Error(`${source} holds no backup of Dunlin: ${name} is missing`);
    const db = new DatabaseSync(path, { readOnly: true });
    try {
      const { integrity_check: found } = db.prepare('PRAGMA integrity_check(1)').get() as {
        integrity_check: string;
      };
      if (found !== 'ok') throw new Error(`${path} is damaged: ${found}`);
    } finally {
      db.close();
    }
  }
}

/** Puts a checked backup in place; what was there goes to `before-restore`. The folder must be ours alone, its databases closed. */
export function restoreInto(folder: string, source: string): void {
  checkBackup(source);
  const before = join(folder, 'before-restore');
  rmSync(before, { recursive: true, force: true });
  mkdirSync(before, { mode: 0o700 });
  const old = readdirSync(folder).filter(
    (name) => name === MEDIA || isSecret(name) || DATABASES.some((db) => name.startsWith(db)),
  );
  for (const name of old) renameSync(join(folder, name), join(before, name));
  for (const name of readdirSync(source).filter(
    (n) => isSecret(n) || (DATABASES as readonly string[]).includes(n),
  )) {
    copyFileSync(join(source, name), join(folder, name));
    chmodSync(join(folder, name), 0o600);
  }
  if (existsSync(join(source, MEDIA)))
    cpSync(join(source, MEDIA), join(folder, MEDIA), { recursive: true, mode: constants.COPYFILE_FICLONE });
}
