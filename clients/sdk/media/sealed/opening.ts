import { openChunk, SEALED_CHUNK } from './chunks.ts';
import { keyOf, type Lid } from './seal.ts';
import { lengthSealed } from './sealing.ts';

/** What came is not what was sent: changed, cut off, or in another order. Nothing of it is to be trusted. */
export class DamagedError extends Error {
  constructor() {
    super('The file is damaged: it is not what was sent.');
    this.name = 'DamagedError';
  }
}

/** Decrypts what comes, in pieces of any size. What it gives out has been authenticated. */
export class Opener {
  readonly #key: Uint8Array;
  /** Of the plaintext that is not padding, still to come. */
  #left: number;
  /** Of the whole, still to come: what has another length is not what was sent, and more of it is not waited for. */
  #coming: number;
  #chunk = 0;
  readonly #waiting = new Uint8Array(SEALED_CHUNK);
  #filled = 0;

  constructor(lid: Lid) {
    this.#key = keyOf(lid.key);
    this.#left = lid.bytes;
    this.#coming = lengthSealed(lid);
  }

  /** What can be said for certain by now, in order. @throws {DamagedError} */
  push(bytes: Uint8Array): Uint8Array<ArrayBuffer>[] {
    const opened: Uint8Array<ArrayBuffer>[] = [];
    for (let at = 0; at < bytes.length; ) {
      const wanted = Math.min(SEALED_CHUNK - this.#filled, this.#coming);
      if (wanted === 0) throw new DamagedError();
      const part = bytes.subarray(at, at + wanted);
      this.#waiting.set(part, this.#filled);
      this.#filled += part.length;
      this.#coming -= part.length;
      at += part.length;
      if (this.#filled === SEALED_CHUNK || this.#coming === 0) {
        const plain = this.#open();
        if (plain.length > 0) opened.push(plain);
      }
    }
    return opened;
  }

  /** It has all come. @throws {DamagedError} */
  end(): void {
    // “Streaming decryption MUST signal an error if the end of file is reached without successfully decrypting a final chunk.”
    if (this.#coming > 0) throw new DamagedError();
  }

  #open(): Uint8Array<ArrayBuffer> {
    const sealed = this.#waiting.subarray(0, this.#filled);
    const plain = openChunk(this.#key, this.#chunk, this.#coming === 0, sealed);
    if (plain === null) throw new DamagedError();
    this.#chunk++;
    this.#filled = 0;
    const kept = plain.subarray(0, this.#left);
    this.#left -= kept.length;
    return kept;
  }
}

/** The plaintext of what comes, as it comes. It errors with {@link DamagedError}, or as what comes does. */
export function openedStream(
  sealed: ReadableStream<Uint8Array>,
  lid: Lid,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const opener = new Opener(lid);
  const reader = sealed.getReader();
  return new ReadableStream(
    {
      async pull(controller) {
        for (;;) {
          const { done, value } = await reader.read();
          try {
            if (done) {
              opener.end();
              return controller.close();
            }
            const opened = opener.push(value);
            for (const plain of opened) controller.enqueue(plain);
            if (opened.length > 0) return;
          } catch (error) {
            await reader.cancel(error).catch(() => {});
            throw error;
          }
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}
