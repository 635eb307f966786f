import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MongoClient } from 'mongodb';
import { uuidv7 } from 'uuidv7';
import { freePorts } from '../harness/ports.ts';
import { inDatabase } from './database-url.ts';
import type { EngineKind, RunningEngine } from './engine.ts';
import { ServerProcess } from './server-process.ts';

const run = promisify(execFile);
const VERSION = 'v1.24.2';
const CACHE = new URL('../../.cache/', import.meta.url).pathname;
const PROGRAM = join(CACHE, `ferretdb-${VERSION}`);
const BUILD_MS = 900_000;

/** FerretDB over SQLite: the wire of MongoDB without its licence and its size. Its own command refuses to start when it was built as a module. */
const MAIN = `package main

import (
	"context"
	"log"
	"log/slog"
	"os"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})))
	server, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{TCP: os.Args[1]},
		Handler:   "sqlite",
		SQLiteURL: "file:" + os.Args[2] + "/",
	})
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(server.Run(context.Background()))
}
`;

const there = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

/** For tests that stop it: why they cannot, or false. */
export const mongodbIsElsewhere: string | false =
  process.env.MONGODB_URL === undefined ? false : 'the server of MONGODB_URL cannot be stopped from here';

/** A real MongoDB when `MONGODB_URL` names one, otherwise FerretDB, built once with Go. */
export const mongodb: EngineKind = {
  name: 'mongodb',

  async missing() {
    if (process.env.MONGODB_URL !== undefined || (await there(PROGRAM))) return null;
    return run('go', ['version']).then(
      () => null,
      () => 'set MONGODB_URL, or install Go, with which FerretDB is built',
    );
  },

  async prepare() {
    if (process.env.MONGODB_URL !== undefined || (await there(PROGRAM))) return;
    await mkdir(CACHE, { recursive: true });
    const folder = await mkdtemp(join(CACHE, 'build-ferretdb-'));
    try {
      await writeFile(join(folder, 'main.go'), MAIN);
      const go = (...args: string[]) => run('go', args, { cwd: folder, timeout: BUILD_MS });
      await go('mod', 'init', 'dunlin.test/ferretdb');
      await go('get', `github.com/FerretDB/FerretDB/ferretdb@${VERSION}`);
      await go('mod', 'tidy');
      await go('build', '-p', '2', '-o', 'built', '.');
      // Whoever builds at the same time ends with the same program.
      await rename(join(folder, 'built'), PROGRAM);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },

  async start() {
    if (process.env.MONGODB_URL !== undefined) return elsewhere(process.env.MONGODB_URL);
    const [port] = await freePorts(1);
    const url = `mongodb://127.0.0.1:${port}/dunlin`;
    return ServerProcess.started({
      name: 'ferretdb',
      url,
      command: (folder) => ({ program: PROGRAM, args: [`127.0.0.1:${port}`, folder] }),
      ping: () => ping(url),
    });
  },
};

/** A server that is not ours: it can be used, in a database of one's own, and not hurt. */
function elsewhere(server: string): RunningEngine {
  const url = inDatabase(server, `dunlin-test-${uuidv7()}`);
  const refuse = () => {
    throw new Error(`${mongodbIsElsewhere}: run this test without MONGODB_URL`);
  };
  return {
    url,
    pid: null,
    kill: async () => refuse(),
    start: async () => refuse(),
    freeze: refuse,
    thaw: refuse,
    async dispose() {
      const client = new MongoClient(url, { serverSelectionTimeoutMS: 5_000 });
      try {
        await client.db().dropDatabase();
      } finally {
        await client.close();
      }
    },
  };
}

async function ping(url: string): Promise<void> {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 1_000 });
  try {
    await client.db('admin').command({ ping: 1 });
  } finally {
    await client.close();
  }
}
