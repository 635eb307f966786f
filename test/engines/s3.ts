import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePorts } from '../harness/ports.ts';
import type { EngineKind } from './engine.ts';
import { ServerProcess } from './server-process.ts';

const run = promisify(execFile);
const VERSION = 'v1.8.0';
const CACHE = new URL('../../.cache/', import.meta.url).pathname;
const PROGRAM = join(CACHE, `versitygw-${VERSION}`);
const BUILD_MS = 900_000;
const [KEY, SECRET] = ['dunlin', 'a-secret-of-tests'];

const there = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

/** An S3 server over a folder (Versity S3 Gateway), built once with Go; or that of `S3_URL`, `http://key:secret@host:port`. */
export const s3: EngineKind = {
  name: 's3',

  async missing() {
    if (process.env.S3_URL !== undefined || (await there(PROGRAM))) return null;
    return run('go', ['version']).then(
      () => null,
      () => 'set S3_URL, or install Go, with which an S3 server is built',
    );
  },

  async prepare() {
    if (process.env.S3_URL !== undefined || (await there(PROGRAM))) return;
    await mkdir(CACHE, { recursive: true });
    const folder = await mkdtemp(join(CACHE, 'build-versitygw-'));
    try {
      await run('go', ['install', '-p', '2', `github.com/versity/versitygw/cmd/versitygw@${VERSION}`], {
        env: { ...process.env, GOBIN: folder },
        timeout: BUILD_MS,
      });
      // Whoever builds at the same time ends with the same program.
      await rename(join(folder, 'versitygw'), PROGRAM);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },

  async start() {
    if (process.env.S3_URL !== undefined) return elsewhere(process.env.S3_URL);
    const [port] = await freePorts(1);
    return ServerProcess.started({
      name: 's3',
      url: `http://${KEY}:${SECRET}@127.0.0.1:${port}`,
      async initialise(folder) {
        await mkdir(join(folder, 'buckets'));
        await mkdir(join(folder, 'beside'));
      },
      // What it knows of objects is beside them: not every file system keeps attributes.
      command: (folder) => ({
        program: PROGRAM,
        args: [
          ...['--access', KEY, '--secret', SECRET, '--port', `127.0.0.1:${port}`, '--quiet'],
          ...['posix', '--sidecar', join(folder, 'beside'), join(folder, 'buckets')],
        ],
      }),
      // Whatever it answers to nobody, it answers.
      ping: async () => void (await fetch(`http://127.0.0.1:${port}/`)),
    });
  },
};

/** A server that is not ours: it can be used, in a bucket of one's own, and not hurt. */
function elsewhere(url: string) {
  const refuse = () => {
    throw new Error('the server of S3_URL cannot be stopped from here');
  };
  return {
    ...{ url, pid: null, freeze: refuse, thaw: refuse },
    kill: async () => refuse(),
    start: async () => refuse(),
    dispose: async () => {},
  };
}
