/** A thread that owns one connection and runs the jobs of a module: the writer in group commits, others as they come. */

import { performance } from 'node:perf_hooks';
import type { DatabaseSync } from 'node:sqlite';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { storageCode } from './errors.ts';
import type { Batch, JobMessage, JobReply, Replies, ThreadData } from './messages.ts';
import { migrate, openConnection } from './open.ts';

interface JobModule {
  migrations: readonly string[];
  // biome-ignore lint/suspicious/noExplicitAny: each job knows its own arguments
  jobs(db: DatabaseSync): Record<string, (args: any) => unknown>;
}

const { path, module, role, idle } = workerData as ThreadData;
const port = parentPort!;
const { migrations, jobs: makeJobs } = (await import(module)) as JobModule;
const db = openConnection(path, role === 'reader');
if (role !== 'reader') migrate(db, migrations, path);
const jobs = makeJobs(db);

function run(job: JobMessage): JobReply {
  const work = jobs[job.name];
  if (work === undefined) throw new Error(`no job ${job.name}`);
  return { id: job.id, value: work(job.args) };
}

function failure(job: JobMessage, error: unknown): JobReply {
  const { message, code } = error as { message?: string; code?: string };
  return { id: job.id, failure: { message: message ?? String(error), code: storageCode(error) ?? code } };
}

function rollback(): void {
  // SQLite has already rolled back by itself after some errors (sqlite.org/lang_transaction.html).
  if (db.isTransaction) db.exec('ROLLBACK');
}

/** All in one transaction. When one throws, again, each in a savepoint: only the offender fails. */
function commit(batch: JobMessage[]): Replies {
  try {
    db.exec('BEGIN IMMEDIATE');
    const replies = batch.map(run);
    return sync(replies, batch.length);
  } catch (error) {
    rollback();
    if (storageCode(error) !== null) return { replies: batch.map((job) => failure(job, error)) };
  }
  try {
    db.exec('BEGIN IMMEDIATE');
    const replies = batch.map((job) => {
      db.exec('SAVEPOINT job');
      try {
        const reply = run(job);
        db.exec('RELEASE job');
        return reply;
      } catch (error) {
        if (storageCode(error) !== null) throw error;
        db.exec('ROLLBACK TO job; RELEASE job');
        return failure(job, error);
      }
    });
    return sync(replies, batch.length);
  } catch (error) {
    rollback();
    return { replies: batch.map((job) => failure(job, error)) };
  }
}

function sync(replies: JobReply[], count: number): Replies {
  const start = performance.now();
  db.exec('COMMIT');
  return { replies, commit: { jobs: count, seconds: (performance.now() - start) / 1000 } };
}

/** One by one, outside of any transaction of ours. */
function each(batch: JobMessage[]): Replies {
  return {
    replies: batch.map((job) => {
      try {
        return run(job);
      } catch (error) {
        return failure(job, error);
      }
    }),
  };
}

/** Everything that has been posted by now belongs to this batch. */
function collect(first: Batch): JobMessage[] {
  const batch = first.jobs;
  for (let more = receiveMessageOnPort(port); more !== undefined; more = receiveMessageOnPort(port)) {
    batch.push(...(more.message as Batch).jobs);
  }
  return batch;
}

/** Rest between two steps of idle work, milliseconds: other threads want the processor too. */
const IDLE_PAUSE_MS = 50;
/** While the thread is busy for more than this part of its time, idle work waits, */
const BUSY = 0.5;
/** but not for longer than this, milliseconds. */
const MOST_IDLE_WAIT_MS = 1_000;
let idleTimer: NodeJS.Timeout | null = null;
let idleWaited = 0;
let measured = performance.eventLoopUtilization();

/** Looks at how busy the thread was since the last look. */
function isBusy(): boolean {
  const now = performance.eventLoopUtilization();
  const { utilization } = performance.eventLoopUtilization(now, measured);
  measured = now;
  return utilization > BUSY;
}

function idleLater(): void {
  if (idle === null || idleTimer !== null) return;
  idleTimer = setTimeout(() => {
    idleTimer = null;
    if (isBusy() && idleWaited < MOST_IDLE_WAIT_MS) {
      idleWaited += IDLE_PAUSE_MS;
      return idleLater();
    }
    idleWaited = 0;
    const { replies } = commit([{ id: 0, name: idle, args: undefined }]);
    if ('value' in replies[0]! && replies[0].value === true) idleLater();
  }, IDLE_PAUSE_MS);
}

const builtIn: Record<string, (args: unknown) => unknown> = {
  'sqlite.backup': (target) => {
    // Not inside a transaction; a consistent copy as of its beginning (sqlite.org/lang_vacuum.html#vacuuminto).
    db.prepare('VACUUM INTO ?').run(target as string);
    return null;
  },
  'sqlite.close': () => {
    if (idleTimer !== null) clearTimeout(idleTimer);
    if (role !== 'reader') {
      db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    }
    db.close();
    return null;
  },
};

port.on('message', (first: Batch) => {
  const batch = collect(first);
  const special = batch.filter((job) => Object.hasOwn(builtIn, job.name));
  const ordinary = special.length === 0 ? batch : batch.filter((job) => !special.includes(job));
  if (ordinary.length > 0) {
    port.postMessage(role === 'writer' ? commit(ordinary) : each(ordinary));
    idleLater();
  }
  for (const job of special) {
    let reply: JobReply;
    try {
      reply = { id: job.id, value: builtIn[job.name]!(job.args) };
    } catch (error) {
      reply = failure(job, error);
    }
    port.postMessage({ replies: [reply] } satisfies Replies);
    if (job.name === 'sqlite.close') port.close();
  }
});

port.postMessage({ replies: [{ id: 0, value: null }] } satisfies Replies);
idleLater();
