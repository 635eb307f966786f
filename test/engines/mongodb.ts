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
const PROGRAM = join(CACHE, `ferretdb-${VERSION}-configured`);
const BUILD_MS = 900_000;

/** The wire of MongoDB without its licence and its size. FerretDB's own command refuses to start when it was built as a module. */
const MAIN = `package main

import (
	"context"
	"encoding/json"
	"log"
	"log/slog"
	"os"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})))
	var config ferretdb.Config
	if err := json.Unmarshal([]byte(os.Args[1]), &config); err != nil {
		log.Fatal(err)
	}
	server, err := ferretdb.New(&config)
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(server.Run(context.Background()))
}
`;

/** As its `ferretdb.Config` is written in JSON. */
export interface FerretConfig {
  Listener: { TCP?: string; TLS?: string; TLSCertFile?: string; TLSKeyFile?: string };
  Handler: 'sqlite' | 'postgresql';
  SQLiteURL?: string;
  PostgreSQLURL?: string;
}

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
    return startFerret(url, (folder) => ({
      Listener: { TCP: `127.0.0.1:${port}` },
      Handler: 'sqlite',
      SQLiteURL: `file:${folder}/`,
    }));
  },
};

/** @param url by which it answers a ping */
export async function startFerret(
  url: string,
  config: (folder: string) => FerretConfig,
): Promise<RunningEngine> {
  return ServerProcess.started({
    name: 'ferretdb',
    url,
    command: (folder) => ({ program: PROGRAM, args: [JSON.stringify(config(folder))] }),
    ping: () => ping(url),
  });
}

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
