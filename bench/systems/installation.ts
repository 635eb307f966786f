import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { MongoClient } from 'mongodb';
import { Client } from 'pg';
import { type Account, register } from './dunlin.parts.ts';
import { engine } from './engines.ts';
import { startMember } from './member.ts';

export interface ClusterShape {
  brokers: number;
  messages: number;
  /** What carries the command log and the event stream. */
  log: 'kafka' | 'redis';
  /**
   * `sqlite`: then everything is one process, which no other can share; without MongoDB's stand-in it shows what the rest of the way costs.
   * Default: `mongodb`.
   */
  history?: 'mongodb' | 'sqlite';
}

/** Where the processes of a cluster keep what they keep: names of its own in the servers of the run. */
export interface Installation {
  flags: readonly string[];
  env: Readonly<Record<string, string>>;
  /** At least as many as were asked for. */
  accounts: Account[];
  remove(): Promise<void>;
}

/** Redis keeps its data bases by number: of the accounts, of the system under test, of its log. */
const SEED = 2;
const STATE = 0;
const LOG = 1;
const PARTITIONS = 8;

interface Seed {
  name: string;
  folder: string;
  env: Record<string, string>;
  accounts: Account[];
}

/** Registering costs a password hash each, so accounts are made once and every installation begins with a copy. */
let seed: Seed | null = null;

/** A new installation with so many accounts and nothing else. */
export async function installation(shape: ClusterShape, users: number): Promise<Installation> {
  const { name: template, env, accounts } = await seeded(users);
  const name = newName();
  await sql(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  const redis = new Redis((await engine('redis')).url);
  for (const db of [STATE, LOG]) await redis.select(db).then(() => redis.flushdb());
  await copy(redis, SEED, STATE);
  redis.disconnect();
  return {
    flags: await flagsOf(name, STATE, shape),
    env,
    accounts,
    async remove() {
      await sql(`DROP DATABASE ${name} WITH (FORCE)`);
      if (shape.history !== 'sqlite') await dropHistory(name);
    },
  };
}

async function seeded(users: number): Promise<Seed> {
  seed ??= {
    name: newName(),
    folder: await mkdtemp(join(tmpdir(), 'dunlin-bench-seed-')),
    env: { DUNLIN_TOKENS_SIGNING_KEY: signingKey() },
    accounts: [],
  };
  const { name, folder, env, accounts } = seed;
  if (accounts.length >= users) return seed;
  if (accounts.length === 0) {
    await sql(`CREATE DATABASE ${name}`);
    const redis = new Redis((await engine('redis')).url);
    await redis.flushall();
    redis.disconnect();
  }
  const from = { flags: await flagsOf(name, SEED, { log: 'redis' }), env, accounts, remove: async () => {} };
  const { child, http } = await startMember(join(folder, 'data'), 'all', from);
  try {
    await register(`http://127.0.0.1:${http}`, accounts, users);
  } finally {
    await child.stop();
  }
  return seed;
}

export async function disposeSeed(): Promise<void> {
  if (seed !== null) await rm(seed.folder, { recursive: true, force: true });
  seed = null;
}

async function flagsOf(
  name: string,
  state: number,
  { log, history }: Pick<ClusterShape, 'log' | 'history'>,
): Promise<string[]> {
  const at = (url: string, path: string | number) => {
    const changed = new URL(url);
    changed.pathname = `/${path}`;
    return changed.href;
  };
  const redis = (await engine('redis')).url;
  return [
    `--engines.directory=${at((await engine('postgres')).url, name)}`,
    `--engines.history=${history === 'sqlite' ? '' : at((await engine('mongodb')).url, name)}`,
    `--engines.redis=${at(redis, state)}`,
    `--engines.log=${log === 'kafka' ? at((await engine('kafka')).url, name) : at(redis, LOG)}`,
    `--engines.partitions=${PARTITIONS}`,
    '--engines.replicas=1',
  ];
}

const newName = () => `bench_${randomBytes(6).toString('hex')}`;

/** Names are our own: {@link newName}. */
async function sql(statement: string): Promise<void> {
  const client = new Client({ connectionString: (await engine('postgres')).url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

async function dropHistory(name: string): Promise<void> {
  const client = new MongoClient((await engine('mongodb')).url);
  try {
    await client.db(name).dropDatabase();
  } finally {
    await client.close();
  }
}

/** Every key of a data base of Redis into another. */
async function copy(redis: Redis, from: number, to: number): Promise<void> {
  await redis.select(from);
  for (let cursor = '0'; ; ) {
    const [next, keys] = await redis.scan(cursor, 'COUNT', 1_000);
    await Promise.all(keys.map((key) => redis.copy(key, key, 'DB', to)));
    if (next === '0') return;
    cursor = next;
  }
}

function signingKey(): string {
  return generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  }).privateKey;
}
