import { SqlitePersistence } from '../broker/persistence/persistence.ts';
import type { Config } from '../platform/config/schema.ts';
import type { DataFolder } from '../platform/data-folder.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Directory } from '../services/directory/directory.ts';
import { openDirectory } from '../services/directory/open.ts';
import { type MessagesDatabase, openMessagesDatabase } from '../services/messages/sqlite.ts';
import type { Closing } from './closing.ts';

export interface FilesParts {
  config: Config;
  folder: DataFolder;
  metrics: Metrics;
  closing: Closing;
}

/** The databases of the data folder, each opened when something needs it. */
export class Files {
  readonly failed: Promise<Error>;
  readonly backups: Record<string, (path: string) => Promise<void>> = {};
  readonly #parts: FilesParts;
  readonly #fail: (error: Error) => void;
  #messages: Promise<MessagesDatabase> | null = null;

  constructor(parts: FilesParts) {
    this.#parts = parts;
    const { promise, resolve } = Promise.withResolvers<Error>();
    this.failed = promise;
    this.#fail = resolve;
  }

  async directory(): Promise<Directory> {
    const { folder, closing } = this.#parts;
    const directory = closing.add(await openDirectory(folder.file('directory.db')), (d) => d.close());
    this.#keep('directory.db', directory);
    return directory;
  }

  messages(): Promise<MessagesDatabase> {
    this.#messages ??= this.#openMessages();
    return this.#messages;
  }

  async persistence(): Promise<SqlitePersistence> {
    const { folder, closing, config } = this.#parts;
    const persistence = closing.add(
      await SqlitePersistence.open(folder.file('broker.db'), {
        queueLimit: config.open.queueLimit,
        onCommit: this.#onCommit('broker'),
      }),
      (p) => p.destroy(),
    );
    this.backups['broker.db'] = (path) => persistence.backup(path);
    return persistence;
  }

  async #openMessages(): Promise<MessagesDatabase> {
    const { folder, closing, metrics } = this.#parts;
    const messages = closing.add(
      await openMessagesDatabase(folder.file('messages.db'), {
        onCommit: this.#onCommit('messages'),
        log: { onAppended: (count) => metrics.append_batch_commands.observe(count) },
      }),
      (m) => m.close(),
    );
    this.#keep('messages.db', messages);
    return messages;
  }

  #keep(name: string, database: { backup(path: string): Promise<void>; ended: Promise<Error | null> }): void {
    this.backups[name] = (path) => database.backup(path);
    void database.ended.then((error) => {
      if (error !== null) this.#fail(error);
    });
  }

  #onCommit(database: string) {
    const { sqlite_commit_jobs, sqlite_commit_seconds } = this.#parts.metrics;
    return (jobs: number, seconds: number) => {
      sqlite_commit_jobs.labels(database).observe(jobs);
      sqlite_commit_seconds.labels(database).observe(seconds);
    };
  }
}
