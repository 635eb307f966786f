import { readFileSync } from 'node:fs';
import { cp, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Server } from './server.ts';

/**
 * Copies the data folder as of one moment, as a volume snapshot does: the process does nothing while its files are copied.
 * `atThatMoment` is called with the process still stopped: what it has seen from the server by then was before the copy.
 */
export async function snapshot(server: Server, target: string, atThatMoment: () => void): Promise<void> {
  server.signal('SIGSTOP');
  try {
    while (!isStopped(server.pid)) await new Promise((resolve) => setTimeout(resolve, 1));
    const source = join(server.folder, 'data');
    await mkdir(target, { recursive: true, mode: 0o700 });
    for (const entry of await readdir(source, { withFileTypes: true })) {
      if (entry.isFile()) await cp(join(source, entry.name), join(target, entry.name));
    }
    atThatMoment();
  } finally {
    server.signal('SIGCONT');
  }
}

/** Every thread of it: proc(5), the third field of `stat`, after the name in parentheses. */
function isStopped(pid: number): boolean {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) === 'T';
}
