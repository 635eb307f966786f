import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../harness/server.ts';

const run = promisify(execFile);
const git = async (...args: string[]): Promise<string> =>
  (await run('git', args, { cwd: root, maxBuffer: 64 << 20 })).stdout;

/** The commit from which a cluster is upgraded: any name of one that git knows. */
const FROM = process.env.UPGRADE_FROM ?? 'HEAD~1';
const INSTALL_MS = 600_000;

/** Why there is none to upgrade from; null: there is. */
export async function missingEarlierVersion(): Promise<string | null> {
  try {
    await git('rev-parse', '--verify', '--quiet', `${FROM}^{commit}`);
  } catch {
    return `there is no ${FROM} here (a shallow clone?)`;
  }
  const roles = await git('cat-file', '-e', `${FROM}:server/roles.ts`).then(
    () => true,
    () => false,
  );
  return roles ? null : `${FROM} is one process only`;
}

export interface EarlierVersion {
  /** A checkout that runs. */
  root: string;
  dispose(): Promise<void>;
}

export async function earlierVersion(): Promise<EarlierVersion> {
  const folder = await mkdtemp(join(tmpdir(), 'dunlin-earlier-'));
  const tree = join(folder, 'dunlin');
  const dispose = async () => {
    await git('worktree', 'remove', '--force', tree).catch(() => {});
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await git('worktree', 'add', '--detach', tree, FROM);
    const locks = await Promise.all(
      [root, tree].map((at) => readFile(join(at, 'package-lock.json'), 'utf8')),
    );
    if (locks[0] === locks[1]) await symlink(join(root, 'node_modules'), join(tree, 'node_modules'));
    else
      await run('npm', ['ci', '--omit=dev', '--no-audit', '--no-fund'], { cwd: tree, timeout: INSTALL_MS });
  } catch (error) {
    await dispose();
    throw error;
  }
  return { root: tree, dispose };
}
