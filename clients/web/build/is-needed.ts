import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { sources, stamp } from './paths.ts';

/** Made by building, or in no build. */
const apart = /^(dist|dist\.\d+(\.old)?|node_modules|test|fixtures|examples)$|\.test\.tsx?$|\.md$/;

/** Whether there is no build, or one that is older than what it is made of. */
export function isBuildNeeded(): boolean {
  if (!existsSync(stamp)) return true;
  const built = statSync(stamp).mtimeMs;
  return sources.some((source) => existsSync(source) && newest(source) > built);
}

/** When something in it was last written, milliseconds since the Unix epoch. */
function newest(path: string): number {
  const { mtimeMs } = statSync(path);
  if (!statSync(path).isDirectory()) return mtimeMs;
  // A folder's own time tells of files that are gone; but what is built into one is written there as well.
  let latest = 0;
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (apart.test(entry.name)) continue;
    latest = Math.max(latest, newest(join(path, entry.name)));
  }
  return latest;
}
