import type { Cursors, DeviceCursor, UserReceipt } from './cursors.ts';
import type { MessagesClient } from './sqlite/client.ts';

export class SqliteCursors implements Cursors {
  readonly #db: MessagesClient;

  constructor(db: MessagesClient) {
    this.#db = db;
  }

  ofDevice(device: string): Promise<Map<string, number>> {
    return this.#db.read('cursors.ofDevice', { device });
  }

  async save(cursors: DeviceCursor[]): Promise<void> {
    if (cursors.length > 0) await this.#db.write('cursors.save', cursors);
  }

  read(user: string, stream: string, seq: number, time: number): Promise<boolean> {
    return this.#db.write('cursors.read', { user, stream, seq, time });
  }

  readsOf(user: string): Promise<Map<string, number>> {
    return this.#db.read('cursors.readsOf', { user });
  }

  receipts(streams: string[]): Promise<Map<string, UserReceipt[]>> {
    return this.#db.read('cursors.receipts', { streams });
  }

  receiptsOf(stream: string, users: readonly string[]): Promise<Map<string, UserReceipt>> {
    return this.#db.read('cursors.receiptsOf', { stream, users: [...users] });
  }

  forgetDevice(device: string): Promise<void> {
    return this.#db.write('cursors.forget', { device });
  }

  /** The database is closed by whoever opened it. */
  async close(): Promise<void> {}
}
