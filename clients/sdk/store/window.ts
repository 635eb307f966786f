import { Emitter } from '../emitter.ts';
import type { Conversation } from './conversations.ts';
import type { Entry, StoredEntry } from './entries.ts';
import type { Pages } from './pages.ts';
import { rangeOf } from './ranges.ts';
import type { Shelf, Touched } from './shelf.ts';
import { Told, type WindowChange } from './window-told.ts';

export type { WindowChange } from './window-told.ts';

export interface WindowEvents extends Record<string, unknown> {
  change: WindowChange;
}

export interface WindowOptions {
  /** How many entries a page has. */
  page?: number;
  /** Most entries at a time: what is furthest from where one reads is dropped, and read again when one comes back. */
  most?: number;
}

interface Parts {
  shelf: Shelf;
  pages: Pages;
  me: { user: string; device: string };
  isOnline: () => boolean;
  closed: (window: ConversationWindow) => void;
}

/** The part of a conversation that somebody looks at. It follows the newest as long as it is at the end. */
export class ConversationWindow extends Emitter<WindowEvents> {
  readonly #parts: Parts;
  readonly #page: number;
  readonly #most: number;
  readonly #user: string | null;
  #id: string | null;
  /** With numbers; ascending. */
  #numbered: StoredEntry[] = [];
  /** What the window spans of the stream; nothing: `to` is before `from`. */
  #from = 1;
  #to = 0;
  #following = true;
  readonly #told: Told;
  /** Loads one after the other. */
  #loading: Promise<unknown> = Promise.resolve();

  constructor(where: { conversation: string } | { user: string }, parts: Parts, options: WindowOptions) {
    super();
    this.#parts = parts;
    this.#told = new Told(parts.shelf, parts.me);
    this.#page = options.page ?? 50;
    this.#most = Math.max(options.most ?? 300, this.#page * 2);
    this.#id = 'conversation' in where ? where.conversation : null;
    this.#user = 'user' in where ? where.user : null;
  }

  /** null: nothing has been said to this user yet. */
  get conversation(): Conversation | null {
    return this.#id === null ? null : (this.#parts.shelf.conversations.get(this.#id)?.shown ?? null);
  }
  /** Ascending by number; what is on its way at the end. An entry that is as it was is the same object as before. */
  get entries(): readonly Entry[] {
    return this.#told.entries;
  }
  /** Nothing is before this that one may read. */
  get atStart(): boolean {
    return this.#from <= 1;
  }
  /** The newest is here, and what comes next will be. */
  get atEnd(): boolean {
    return this.#following;
  }

  /** Goes to the newest. Offline: to the newest that is here. */
  latest(): Promise<void> {
    return this.#load(async (id) => {
      const { shown } = this.#kept(id);
      if (this.#parts.isOnline() && (shown.head === 0 || !this.#has(id, shown.head)))
        await this.#fetch(id, null);
      const { ranges, shown: now } = this.#kept(id);
      const [first, last] = rangeOf(ranges, now.head) ?? ranges.at(-1) ?? [1, 0];
      await this.#replace(id, first, last, { last: this.#page });
      this.#following = true;
    });
  }

  /** Goes to a message: some before it, some after. */
  jump(seq: number): Promise<void> {
    return this.#load(async (id) => {
      if (this.#parts.isOnline()) await this.#parts.pages.around(id, seq, this.#page).catch(() => {});
      const range = rangeOf(this.#kept(id).ranges, seq);
      if (range === null) throw new Error('this message is not here, and there is no connection');
      await this.#replace(id, range[0], seq, { last: this.#page });
      this.#following = false;
      await this.#newer(id);
    });
  }

  /** One page further back. Resolves with false when there is none: the start, or offline where nothing more is here. */
  older(): Promise<boolean> {
    return this.#load((id) => this.#older(id));
  }

  /** One page further on. Resolves with false when there is none: it is at the end, or offline where nothing more is here. */
  newer(): Promise<boolean> {
    return this.#load((id) => this.#newer(id));
  }

  /** Nobody looks any more: what it held is dropped. */
  close(): void {
    this.#parts.closed(this);
    this.#numbered = [];
    this.#told.forget();
    this.#id = null;
  }

  async #older(id: string): Promise<boolean> {
    while (this.#from > 1) {
      if (!this.#has(id, this.#from - 1)) {
        if (!this.#parts.isOnline()) return false;
        await this.#fetch(id, { before: this.#from });
        if (!this.#has(id, this.#from - 1)) return false;
      }
      const [first] = rangeOf(this.#kept(id).ranges, this.#from - 1)!;
      const more = await this.#parts.shelf.entries(id, first, this.#from - 1, { last: this.#page });
      this.#from = more.length === this.#page ? seqOf(more[0]!) : first;
      this.#numbered.unshift(...more);
      if (this.#numbered.length > this.#most) {
        this.#numbered.length = this.#most;
        this.#to = seqOf(this.#numbered.at(-1)!);
        this.#following = false;
      }
      if (more.length > 0) return true;
    }
    return false;
  }

  async #newer(id: string): Promise<boolean> {
    for (;;) {
      const { shown } = this.#kept(id);
      if (this.#to >= shown.head) {
        this.#following = true;
        return false;
      }
      if (!this.#has(id, this.#to + 1)) {
        if (!this.#parts.isOnline()) return false;
        await this.#fetch(id, { after: this.#to });
        if (!this.#has(id, this.#to + 1)) return false;
      }
      const [, last] = rangeOf(this.#kept(id).ranges, this.#to + 1)!;
      const more = await this.#parts.shelf.entries(id, this.#to + 1, last, { first: this.#page });
      this.#to = more.length === this.#page ? seqOf(more.at(-1)!) : last;
      this.#numbered.push(...more);
      this.#trimStart();
      this.#following = this.#to >= this.#kept(id).shown.head;
      if (more.length > 0) return true;
    }
  }

  /** For the store: something has changed, here or elsewhere. */
  changed(touched: Touched): void {
    if (this.#id === null && this.#user !== null) {
      for (const id of touched.conversations) if (this.#kept(id).shown.peer === this.#user) this.#id = id;
      if (this.#id !== null) void this.latest().catch(() => {});
    }
    const id = this.#id;
    if (id === null && touched.pendings.size === 0) return;
    const entries = id === null ? undefined : touched.entries.get(id);
    for (const [seq, entry] of [...(entries ?? [])].sort(([a], [b]) => a - b)) this.#take(seq, entry);
    if (id !== null && this.#following && touched.conversations.has(id)) {
      const { live, ranges, shown } = this.#kept(id);
      // Events that are no entries, and those in order: the window spans them.
      const range = rangeOf(ranges, Math.max(this.#to, 1));
      if (range !== null && live >= this.#to) this.#to = Math.min(range[1], Math.max(shown.head, this.#to));
    }
    if (entries !== undefined || touched.pendings.size > 0 || (id !== null && touched.states.has(id)))
      this.#tell();
  }

  /** For the store: the list has come; what this window follows may be elsewhere now. */
  async refresh(): Promise<void> {
    if (this.#id === null || !this.#following) return;
    const { shown } = this.#kept(this.#id);
    if (this.#to < shown.head && !this.#has(this.#id, shown.head)) await this.latest();
  }

  #take(seq: number, entry: StoredEntry | null): void {
    const at = this.#numbered.findIndex((other) => seqOf(other) >= seq);
    const known = at !== -1 && seqOf(this.#numbered[at]!) === seq;
    if (known) this.#numbered.splice(at, 1, ...(entry === null ? [] : [entry]));
    else if (entry !== null && seq >= this.#from && seq <= this.#to) this.#numbered.splice(at, 0, entry);
    else if (entry !== null && seq > this.#to && this.#following && this.#joins(seq)) {
      this.#numbered.push(entry);
      this.#to = seq;
      if (this.#numbered.length === 1) this.#from = seq;
      this.#trimStart();
    }
  }

  /** Whether nothing is missing between the window and a number after it. */
  #joins(seq: number): boolean {
    if (this.#to < this.#from) return true;
    const range = rangeOf(this.#kept(this.#id!).ranges, seq);
    return range !== null && range[0] <= this.#to + 1;
  }

  #trimStart(): void {
    if (this.#numbered.length <= this.#most) return;
    this.#numbered.splice(0, this.#numbered.length - this.#most);
    this.#from = seqOf(this.#numbered[0]!);
  }

  async #replace(id: string, first: number, last: number, most: { last: number }): Promise<void> {
    const entries = last < first ? [] : await this.#parts.shelf.entries(id, first, last, most);
    this.#numbered = entries;
    this.#from = entries.length === most.last ? seqOf(entries[0]!) : first;
    this.#to = last;
  }

  #fetch(id: string, where: { before: number } | { after: number } | null): Promise<void> {
    return this.#parts.pages.fetch(id, where, this.#page);
  }

  #kept(id: string) {
    return this.#parts.shelf.kept(id);
  }

  #has(id: string, seq: number): boolean {
    return rangeOf(this.#kept(id).ranges, seq) !== null;
  }

  #load<R>(task: (id: string) => Promise<R>): Promise<R> {
    const done = this.#loading.then(async () => {
      if (this.#id === null) {
        this.#tell();
        return false as R;
      }
      try {
        return await task(this.#id);
      } finally {
        // What changed while it was being read has been put where it belongs, or is read again.
        await this.#reread();
        this.#tell();
      }
    });
    this.#loading = done.catch(() => {});
    return done;
  }

  /** What a change put into the storage between reading and now. */
  async #reread(): Promise<void> {
    const id = this.#id;
    if (id === null || this.#to < this.#from) return;
    if (this.#following) {
      const { ranges } = this.#kept(id);
      const range = rangeOf(ranges, this.#to);
      if (range !== null) this.#to = range[1];
    }
    // From the start: a storage reads forwards at once, and backwards one by one.
    const most = this.#most + this.#page;
    this.#numbered = await this.#parts.shelf.entries(id, this.#from, this.#to, { first: most });
    if (this.#numbered.length === most) this.#to = seqOf(this.#numbered.at(-1)!);
    this.#following &&= this.#numbered.length < most;
    this.#trimStart();
  }

  #tell(): void {
    const change = this.#told.tell({
      id: this.#id,
      user: this.#user,
      conversation: this.conversation,
      numbered: this.#numbered,
      following: this.#following,
    });
    if (change !== null) this.emit('change', change);
  }
}

const seqOf = (entry: StoredEntry): number => entry.seq ?? 0;
