import { type Refusal, refusal } from '../../../protocol/errors.ts';
import type { MediaContent } from '../../../protocol/media.ts';
import type { DunlinClient } from '../client.ts';
import type { FileKeep } from '../media/files.ts';
import { contentOf, type Media } from '../media/media.ts';
import { contentIn, sourceIn } from '../media/sealed/envelope.ts';
import { withoutTraces } from '../media/traces/traces.ts';
import { RefusedError } from '../session.ts';
import type { Pending } from './pending.ts';
import type { Shelf } from './shelf.ts';
import { bytesOf, type PendingUpload, type UploadProgress } from './upload.ts';
import { online, sleep } from './waiting.ts';

/** Files up to this many bytes do not wait for larger ones. */
const SMALL = 16 * 1_024 * 1_024;
const lanes = ['small', 'large'] as const;
const laneOf = (bytes: number) => (bytes <= SMALL ? 'small' : 'large');

const FIRST_WAIT_MS = 1_000;
const MOST_WAIT_MS = 30_000;
/** What is to be tried again later than this is for people to try. */
const OURS_TO_WAIT_MS = 60_000;
/** So often an upload may be gone when it goes on, and is begun anew. */
const MOST_ANEW = 3;

/** Files of messages that are on their way: in each lane one at a time, in the order of writing; over restarts, where files are kept. */
export class Uploading {
  readonly #client: DunlinClient;
  readonly #shelf: Shelf;
  readonly #media: Media;
  readonly #files: FileKeep;
  readonly #send: (pending: Pending) => Promise<void>;
  readonly #progress = new Map<string, UploadProgress>();
  readonly #running = new Map<string, { lane: (typeof lanes)[number]; abort: AbortController }>();
  #closed = false;
  onProgress: (progress: UploadProgress) => void = () => {};

  /** @param send sends what has been uploaded */
  constructor(parts: {
    client: DunlinClient;
    shelf: Shelf;
    media: Media;
    files: FileKeep;
    send: (pending: Pending) => Promise<void>;
  }) {
    this.#client = parts.client;
    this.#shelf = parts.shelf;
    this.#media = parts.media;
    this.#files = parts.files;
    this.#send = parts.send;
  }

  get progress(): UploadProgress[] {
    return [...this.#progress.values()];
  }

  /** The file of a message that is not uploaded yet. */
  file(id: string): Promise<Blob | null> {
    return this.#files.get(id);
  }

  /** Shown at once, and uploaded when it is its turn. @throws {StorageFullError} nothing was kept */
  async begin(pending: Pending, file: Blob): Promise<void> {
    await this.#files.put(pending.id, file);
    try {
      await this.#put(pending);
    } catch (error) {
      await this.#files.remove(pending.id);
      throw error;
    }
    this.resume();
  }

  /** What an earlier run left goes on. */
  resume(): void {
    this.#closed = false;
    for (const pending of this.#waiting()) {
      if (this.#progress.has(pending.id)) continue;
      this.#tell(pending, { sent: 0, state: pending.upload?.paused ? 'paused' : 'waiting' });
    }
    this.#next();
  }

  async pause(id: string): Promise<void> {
    const pending = this.#uploading(id);
    if (pending === null || pending.upload!.paused) return;
    const paused = await this.#mark(id, { paused: true });
    this.#running.get(id)?.abort.abort(new Error('paused'));
    if (paused !== null) this.#tell(paused, { state: 'paused' });
  }

  async goOn(id: string): Promise<void> {
    if (this.#uploading(id)?.upload?.paused !== true) return;
    const pending = await this.#mark(id, { paused: false });
    if (pending !== null) this.#tell(pending, { state: 'waiting' });
    this.#next();
  }

  /** Gives it up, message and all. What has been sent meanwhile stays. */
  async cancel(id: string): Promise<void> {
    const pending = this.#shelf.pendings.get(id);
    if (pending?.upload === undefined) return;
    let given = false;
    await this.#shelf.change(async (change) => {
      given = change.pending(id)?.upload !== undefined;
      if (given) change.putPending(id, null);
    });
    if (!given) return;
    this.#running.get(id)?.abort.abort(new Error('cancelled'));
    await this.#end(pending);
    const { url } = pending.upload;
    // Where it does not arrive, the server forgets by itself.
    if (url !== null) await this.#media.giveUp(url).catch(() => {});
  }

  /** Tries again what was refused. */
  async retry(id: string, begun: number): Promise<void> {
    const pending = this.#shelf.pendings.get(id);
    if (pending?.state !== 'refused' || pending.upload === undefined) return;
    const upload = { ...pending.upload, url: null, paused: false };
    await this.#put({ ...pending, state: 'uploading', refusal: null, begun, upload });
    this.resume();
  }

  close(): void {
    this.#closed = true;
    for (const { abort } of this.#running.values()) abort.abort(new Error('closed'));
  }

  #waiting(): Pending[] {
    return [...this.#shelf.pendings.values()]
      .filter(({ state, upload }) => state === 'uploading' && upload !== undefined)
      .sort((a, b) => a.number - b.number);
  }

  #uploading(id: string): Pending | null {
    const pending = this.#shelf.pendings.get(id);
    return pending?.state === 'uploading' && pending.upload !== undefined ? pending : null;
  }

  #next(): void {
    if (this.#closed) return;
    for (const lane of lanes) {
      if ([...this.#running.values()].some((running) => running.lane === lane)) continue;
      const next = this.#waiting().find(
        (pending) =>
          !pending.upload!.paused && laneOf(bytesOf(pending)) === lane && !this.#running.has(pending.id),
      );
      if (next !== undefined) void this.#run(next, lane);
    }
  }

  async #run(pending: Pending, lane: (typeof lanes)[number]): Promise<void> {
    const { id } = pending;
    const abort = new AbortController();
    this.#running.set(id, { lane, abort });
    try {
      await this.#upload(id, abort.signal);
    } catch (error) {
      if (!abort.signal.aborted) await this.#refuse(id, refusalOf(error));
    } finally {
      this.#running.delete(id);
      this.#next();
    }
  }

  async #upload(id: string, signal: AbortSignal): Promise<void> {
    const file = await this.#fileOf(id);
    if (file === null)
      throw new RefusedError(refusal('media_not_found', 'it is not on this device any more'));
    let anew = 0;
    let reached = 0;
    for (let tries = 0; ; tries++) {
      await online(this.#client, signal);
      const pending = this.#uploading(id);
      if (pending === null) return;
      this.#tell(pending, { state: 'running' });
      const { url, fields, envelope } = pending.upload!;
      const { source, thumbnailBytes } = envelope
        ? sourceIn(envelope, file)
        : { source: file, thumbnailBytes: 0 };
      try {
        const media = await this.#media.upload(source, {
          ...(envelope === undefined ? fields : { sealed: { thumbnailBytes } }),
          url,
          signal,
          onUrl: async (begun) => void (await this.#mark(id, { url: begun })),
          onProgress: (sent) => {
            if (sent > reached) tries = 0;
            reached = sent;
            this.#tell(pending, { sent });
          },
        });
        return await this.#done(id, media);
      } catch (error) {
        if (signal.aborted) throw error;
        const refused = error instanceof RefusedError ? error.refusal : null;
        const gone = refused?.code === 'not_found';
        if (gone && ++anew <= MOST_ANEW) await this.#mark(id, { url: null });
        else if (refused !== null && !isPassing(refused)) throw error;
        this.#tell(pending, { state: 'waiting' });
        const wait =
          Math.min(FIRST_WAIT_MS * 2 ** Math.min(tries, 8), MOST_WAIT_MS) * (0.5 + Math.random() / 2);
        await sleep(Math.max(wait, refused?.retry_after_ms ?? 0), signal);
      }
    }
  }

  /** As it is uploaded; null: it is not here any more, or another one by now. */
  async #fileOf(id: string): Promise<Blob | null> {
    const file = await this.#files.get(id);
    const pending = this.#uploading(id);
    if (file === null || pending?.upload?.envelope === undefined) return file;
    const clean = await withoutTraces(file);
    // A key is for one file alone: nothing else is ever encrypted with it.
    return clean.size === (pending.content as MediaContent).bytes ? clean : null;
  }

  async #done(id: string, media: Parameters<typeof contentOf>[0]): Promise<void> {
    let sent: Pending | null = null;
    await this.#shelf.change(async (change) => {
      const pending = change.pending(id);
      if (pending?.state !== 'uploading') return;
      const { upload, ...rest } = pending;
      const before = pending.content as MediaContent;
      const content =
        upload?.envelope === undefined
          ? contentOf(media, before.text)
          : contentIn(upload.envelope, before, media);
      sent = { ...rest, content, state: 'queued' };
      change.putPending(id, sent);
    });
    if (sent === null) return; // given up meanwhile
    await this.#end(sent);
    await this.#send(sent);
  }

  async #refuse(id: string, why: Refusal): Promise<void> {
    const pending = this.#uploading(id);
    if (pending === null) return;
    await this.#put({ ...pending, state: 'refused', refusal: why });
    this.#forget(pending);
  }

  async #end(pending: Pending): Promise<void> {
    this.#forget(pending);
    await this.#files.remove(pending.id).catch(() => {});
  }

  #forget(pending: Pending): void {
    const { id } = pending;
    const { sent = 0, bytes = bytesOf(pending) } = this.#progress.get(id) ?? {};
    this.#progress.delete(id);
    this.onProgress({ id, sent, bytes, state: 'ended' });
  }

  #tell(pending: Pending, what: Partial<UploadProgress>): void {
    const { id } = pending;
    // What comes late, of one that is over.
    if (this.#uploading(id) === null) return;
    const known = this.#progress.get(id) ?? { id, sent: 0, bytes: bytesOf(pending), state: 'waiting' };
    const told = { ...known, ...what };
    this.#progress.set(id, told);
    this.onProgress(told);
  }

  async #mark(id: string, what: Partial<PendingUpload>): Promise<Pending | null> {
    let marked: Pending | null = null;
    await this.#shelf.change(async (change) => {
      const pending = change.pending(id);
      if (pending?.state !== 'uploading' || pending.upload === undefined) return;
      marked = { ...pending, upload: { ...pending.upload, ...what } };
      change.putPending(id, marked);
    });
    return marked;
  }

  #put(pending: Pending): Promise<void> {
    return this.#shelf.change(async (change) => change.putPending(pending.id, pending));
  }
}

const isPassing = ({ code, retry, retry_after_ms = 0 }: Refusal): boolean =>
  code === 'upload_conflict' || code === 'upload_busy' || (retry && retry_after_ms <= OURS_TO_WAIT_MS);

/** What went wrong here, said as the server says what it refuses. */
const refusalOf = (error: unknown): Refusal =>
  error instanceof RefusedError ? error.refusal : refusal('unavailable', (error as Error).message);
