import type { Method, Methods } from '../host/contract.ts';
import type { Line } from './line.ts';

/**
 * What keys begin with. Each time that something is left it has a key of its own, which says when: two pages that write and remove the same one
 * at the same time would lose what came between.
 */
const KEY = 'dunlin-left-behind ';
/** What people write: it must not be lost with the page, when it closes before the host has it. */
const written: ReadonlySet<Method> = new Set<Method>(['send', 'setDraft']);
/** More than anybody writes at once, and than pages leave. */
const MOST = 100;

type Left = { [M in 'send' | 'setDraft']: { method: M; given: Parameters<Methods[M]> } }['send' | 'setDraft'];
interface Kept {
  device: string;
  left: Left[];
}

/**
 * A page that goes takes with it what its host has not answered, and where the host runs in a worker of the page, the host as well.
 * What was written is left where it can be left at once, and is asked by the next page, or by another one that is open: messages have
 * ids, and are sent once all the same.
 */
export class LeftBehind {
  readonly #line: Line;
  readonly #storage: Storage;
  #device: string | null = null;
  #going = false;
  #times = 0;

  constructor(line: Line, storage: Storage) {
    this.#line = line;
    this.#storage = storage;
    line.onAsk = (method, given) => {
      // What is asked now, a draft, arrives where the host is elsewhere, and is left as well.
      if (this.#going && written.has(method)) this.#leave([{ method, given } as Left]);
    };
  }

  /** The page goes, or may. */
  go(): void {
    this.#going = true;
    this.#leave(this.#line.unanswered(written) as Left[]);
  }

  /** It has not gone: what it left it asks itself. */
  stay(): void {
    this.#going = false;
  }

  /** Somebody is signed in, or nobody (null): what another page left on this device; what is of another device nobody may see. */
  enter(device: string | null): readonly Left[] {
    this.#device = device;
    const left = this.#take();
    for (const { method, given } of left)
      void this.#line.ask(method, ...(given as Parameters<Methods[typeof method]>)).catch(() => {});
    return left;
  }

  /** Another page of this browser has left something. */
  found(): void {
    if (this.#device !== null && !this.#going) this.enter(this.#device);
  }

  #leave(left: Left[]): void {
    if (this.#device === null || left.length === 0 || this.#keys().length >= MOST) return;
    const when = `${Date.now()} ${String(this.#times++).padStart(4, '0')}`;
    const key = `${KEY}${when} ${crypto.getRandomValues(new Uint32Array(1))[0]}`;
    try {
      this.#storage.setItem(
        key,
        JSON.stringify({ device: this.#device, left: left.slice(-MOST) } satisfies Kept),
      );
    } catch {
      // No room: what the host has by now is what there is.
    }
  }

  /** What is there of this device, in order; what is of another one is removed with it. */
  #take(): Left[] {
    const found: Left[] = [];
    for (const key of this.#keys()) {
      const kept = this.#read(key);
      this.#storage.removeItem(key);
      if (kept !== null && kept.device === this.#device) found.push(...kept.left);
    }
    return found;
  }

  #keys(): string[] {
    const keys = Array.from({ length: this.#storage.length }, (_, at) => this.#storage.key(at));
    return keys.filter((key) => key?.startsWith(KEY)).sort() as string[];
  }

  #read(key: string): Kept | null {
    try {
      const kept = JSON.parse(this.#storage.getItem(key) ?? 'null') as Kept | null;
      return kept !== null && Array.isArray(kept.left) ? kept : null;
    } catch {
      return null;
    }
  }
}

/** An account as it is with the drafts that were left. */
export function withDrafts<C extends { id: string; draft: string }>(
  conversations: readonly C[],
  left: readonly Left[],
): C[] {
  const drafts = new Map<string, string>();
  for (const { method, given } of left) if (method === 'setDraft') drafts.set(given[0], given[1]);
  return conversations.map((one) => (drafts.has(one.id) ? { ...one, draft: drafts.get(one.id)! } : one));
}
