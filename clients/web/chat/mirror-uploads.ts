import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { UploadProgress } from '../../sdk/index.ts';

/** How far the files have come that are on their way. */
export class MirrorUploads {
  readonly #byId = signal<ReadonlyMap<string, UploadProgress>>(new Map());

  constructor(uploads: readonly UploadProgress[]) {
    this.all(uploads);
  }

  get(id: string): ReadonlySignal<UploadProgress | null> {
    return computed(() => this.#byId.value.get(id) ?? null);
  }

  /** Those there are, and no others. */
  all(uploads: readonly UploadProgress[]): void {
    this.#byId.value = new Map(uploads.map((upload) => [upload.id, upload]));
  }

  took(upload: UploadProgress): void {
    const next = new Map(this.#byId.peek());
    if (upload.state === 'ended') next.delete(upload.id);
    else next.set(upload.id, upload);
    this.#byId.value = next;
  }
}
