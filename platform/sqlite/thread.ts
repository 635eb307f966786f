import { Worker } from 'node:worker_threads';
import { StorageError } from './errors.ts';
import type { JobMessage, Replies, ThreadData } from './messages.ts';

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

export type OnCommit = (jobs: number, seconds: number) => void;

/** The main thread's end of a database thread: calls of one tick go over in one message, and come back in one. */
export class DatabaseThread {
  readonly #worker: Worker;
  readonly #most: number;
  readonly #onCommit: OnCommit | undefined;
  readonly #waiting = new Map<number, Waiting>();
  #jobs: JobMessage[] = [];
  #scheduled = false;
  #next = 1;
  #dead: Error | null = null;
  readonly exited: Promise<Error | null>;

  private constructor(data: ThreadData, most: number, onCommit: OnCommit | undefined) {
    this.#worker = new Worker(new URL('./thread.worker.ts', import.meta.url), { workerData: data });
    this.#most = most;
    this.#onCommit = onCommit;
    this.#worker.on('message', (message: Replies) => this.#settle(message));
    this.exited = new Promise((resolve) => {
      this.#worker.on('error', (error) => {
        this.#die(new StorageError('storage_failed', (error as Error).message));
        resolve(error as Error);
      });
      this.#worker.on('exit', () => {
        this.#die(new StorageError('storage_failed', `the thread of ${data.path} has ended`));
        resolve(null);
      });
    });
  }

  static async start(data: ThreadData, most: number, onCommit?: OnCommit): Promise<DatabaseThread> {
    const thread = new DatabaseThread(data, most, onCommit);
    const started = new Promise<unknown>((resolve, reject) => thread.#waiting.set(0, { resolve, reject }));
    await started;
    return thread;
  }

  call<T>(name: string, args: unknown): Promise<T> {
    if (this.#dead !== null) return Promise.reject(this.#dead);
    if (this.#waiting.size >= this.#most) {
      return Promise.reject(new StorageError('overloaded', `${this.#waiting.size} jobs are waiting`));
    }
    const id = this.#next++;
    this.#jobs.push({ id, name, args });
    if (!this.#scheduled) {
      this.#scheduled = true;
      process.nextTick(() => this.#flush());
    }
    return new Promise<T>((resolve, reject) =>
      this.#waiting.set(id, { resolve: resolve as (v: unknown) => void, reject }),
    );
  }

  async close(): Promise<void> {
    if (this.#dead !== null) return;
    await this.call('sqlite.close', null);
    await this.exited;
  }

  #flush(): void {
    this.#scheduled = false;
    const jobs = this.#jobs;
    this.#jobs = [];
    if (this.#dead === null) this.#worker.postMessage({ jobs });
  }

  #settle({ replies, commit }: Replies): void {
    if (commit !== undefined) this.#onCommit?.(commit.jobs, commit.seconds);
    for (const reply of replies) {
      const waiting = this.#waiting.get(reply.id);
      if (waiting === undefined) continue;
      this.#waiting.delete(reply.id);
      if ('value' in reply) waiting.resolve(reply.value);
      else waiting.reject(asError(reply.failure.message, reply.failure.code));
    }
  }

  #die(error: Error): void {
    if (this.#dead !== null) return;
    this.#dead = error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

function asError(message: string, code: string | undefined): Error {
  if (code === 'storage_full' || code === 'storage_failed' || code === 'overloaded')
    return new StorageError(code, message);
  return Object.assign(new Error(message), { code });
}
