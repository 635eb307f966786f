import { CHUNK, SEALED_CHUNK, sealChunk, sealedLength } from './chunks.ts';
import { paddedLength } from './padding.ts';
import { keyOf, type Lid } from './seal.ts';

/** Chunks between which others have their turn: where this runs in a page it must not stand still. */
const AT_A_TIME = 16;
const others = () => new Promise((resolve) => setTimeout(resolve, 0));

/** What is uploaded of something that is encrypted; see `UploadSource`. */
export interface SealedSource {
  readonly size: number;
  part(from: number, to: number): Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * A file as it is uploaded encrypted: padded with zeros, and encrypted as it is read. The same key makes the same bytes each time,
 * so that an upload goes on where it was; it must never be used for other bytes.
 */
export function sealedSource(file: Blob | Uint8Array, key: string): SealedSource {
  const secret = keyOf(key);
  const bytes = file instanceof Uint8Array ? file.length : file.size;
  const padded = paddedLength(bytes);
  const size = sealedLength(padded);
  const last = Math.ceil(padded / CHUNK) - 1;

  /** Chunks as they are in the file, with zeros behind its end. */
  async function plain(from: number, to: number): Promise<Uint8Array> {
    const padding = new Uint8Array(Math.min(to * CHUNK, padded) - from * CHUNK);
    const read = file.slice(from * CHUNK, to * CHUNK);
    padding.set(read instanceof Uint8Array ? read : new Uint8Array(await read.arrayBuffer()));
    return padding;
  }

  return {
    size,
    async part(from, to) {
      const end = Math.min(to, size);
      if (from >= end) return new Uint8Array(0);
      const [first, behind] = [Math.floor(from / SEALED_CHUNK), Math.ceil(end / SEALED_CHUNK)];
      const open = await plain(first, behind);
      const sealed = new Uint8Array(sealedLength(open.length));
      for (let chunk = first; chunk < behind; chunk++) {
        const at = chunk - first;
        const part = open.subarray(at * CHUNK, (at + 1) * CHUNK);
        sealed.set(sealChunk(secret, chunk, chunk === last, part), at * SEALED_CHUNK);
        if ((at + 1) % AT_A_TIME === 0) await others();
      }
      return sealed.subarray(from - first * SEALED_CHUNK, end - first * SEALED_CHUNK);
    },
  };
}

/** One behind the other. */
export function joined(first: SealedSource, second: SealedSource): SealedSource {
  return {
    size: first.size + second.size,
    async part(from, to) {
      const one = await first.part(from, to);
      const other = await second.part(Math.max(0, from - first.size), Math.max(0, to - first.size));
      if (other.length === 0) return one;
      const both = new Uint8Array(one.length + other.length);
      both.set(one);
      both.set(other, one.length);
      return both;
    },
  };
}

/** How long something is when it has been encrypted, padding and all. */
export const lengthSealed = ({ bytes }: Pick<Lid, 'bytes'>): number => sealedLength(paddedLength(bytes));
