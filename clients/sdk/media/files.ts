/**
 * Port: where a client keeps files that are not uploaded yet. Where they outlive it an upload goes on after a restart.
 */
export interface FileKeep {
  /** @throws {StorageFullError} */
  put(id: string, file: Blob): Promise<void>;
  get(id: string): Promise<Blob | null>;
  remove(id: string): Promise<void>;
  close(): Promise<void>;
}

/** Keeps them as long as it lives. */
export class MemoryFiles implements FileKeep {
  readonly #files = new Map<string, Blob>();

  async put(id: string, file: Blob): Promise<void> {
    this.#files.set(id, file);
  }
  async get(id: string): Promise<Blob | null> {
    return this.#files.get(id) ?? null;
  }
  async remove(id: string): Promise<void> {
    this.#files.delete(id);
  }
  async close(): Promise<void> {}
}
