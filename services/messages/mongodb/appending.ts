import { setTimeout as pause } from 'node:timers/promises';
import { duplicateAt } from '../../../platform/mongodb/trouble.ts';
import { Refused } from '../../../protocol/errors.ts';
import type { Appended, EventDraft } from '../history.ts';
import { type Amending, applyAmendments } from './amending.ts';
import {
  type Collections,
  type EventDocument,
  type ExpiringDocument,
  encode,
  messageKey,
  pending,
  toEvent,
} from './documents.ts';
import { dropContents, parted, whole } from './expiring-contents.ts';
import { type Far, furthered, truthfulHeads } from './heads.ts';
import { WrittenHeads } from './written-heads.ts';

export interface AppendingOptions {
  /** Documents in one insert at most. */
  mostInserted: number;
  /** Milliseconds after which nothing more is begun for a call. */
  deadlineMs: number;
}

/** Streams of which it is remembered how far they are. */
const MOST_HEADS = 100_000;
/** Milliseconds at most that one waits, by chance, for another who writes to the same stream. */
const MOST_PAUSE_MS = 50;

/** A draft of one call with its document; the same document twice when the call repeats a command. */
interface Given {
  draft: EventDraft;
  document: EventDocument;
}

/** Numbers and stores events; the only writer of `seq`. */
export class Appending {
  readonly #collections: Collections;
  readonly #options: AppendingOptions;
  /** How far streams were when this process wrote to them last: a hint, as all heads are, since another process may own them by now. */
  readonly #heads = new Map<string, Far>();
  readonly #written: WrittenHeads;
  /** By stream: the end of what has been begun here. Calls to one stream would only be in each other's way. */
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(collections: Collections, options: AppendingOptions) {
    this.#collections = collections;
    this.#options = options;
    this.#written = new WrittenHeads(collections, MOST_HEADS);
  }

  /** See {@link History.append}. */
  async append(drafts: EventDraft[]): Promise<Appended[]> {
    if (drafts.length === 0) return [];
    // All of them before anything is written: what cannot be stored takes the whole call with it.
    const given = drafts.map((draft) => ({ draft, document: encode(draft) }));
    const until = performance.now() + this.#options.deadlineMs;
    return this.#inTurn(new Set(drafts.map(({ stream }) => stream)), () => this.#store(given, until));
  }

  /** Writes down what is only in memory. */
  flush(): Promise<void> {
    return this.#written.write();
  }

  async #inTurn<T>(streams: Set<string>, work: () => Promise<T>): Promise<T> {
    const before = [...streams].map((stream) => this.#turns.get(stream));
    const mine = Promise.all(before).then(work);
    const end = mine.catch(() => {});
    for (const stream of streams) this.#turns.set(stream, end);
    try {
      return await mine;
    } finally {
      for (const stream of streams) if (this.#turns.get(stream) === end) this.#turns.delete(stream);
    }
  }

  async #store(given: Given[], until: number): Promise<Appended[]> {
    const firsts = new Map<string, Given>();
    for (const one of given) if (!firsts.has(one.document._id)) firsts.set(one.document._id, one);
    const duplicates = new Map<string, EventDocument>();
    try {
      let left = [...firsts.values()];
      for (let attempt = 0; left.length > 0; attempt++) {
        if (performance.now() > until) throw new Refused('unavailable', 'history');
        if (attempt > 1) await pause(Math.random() * Math.min(MOST_PAUSE_MS, 2 ** attempt));
        await this.#number(left, attempt > 0);
        const stored = await this.#insert(left.map(({ document }) => document));
        this.#remember(left.slice(0, stored));
        left = left.slice(stored);
        if (left.length > 0) left = await this.#withoutDuplicates(left, duplicates);
      }
      await this.#complete([...firsts.values()], duplicates);
      this.#noteHeads(new Set(given.map(({ document }) => document.stream)));
    } catch (error) {
      // What has been stored, and what has not, is not known.
      for (const { document } of given) this.#heads.delete(document.stream);
      throw error;
    }
    const before = new Map(
      (await whole(this.#collections, [...duplicates.values()])).map((document) => [document._id, document]),
    );
    return given.map(({ document }) => {
      const first = before.get(document._id);
      if (first !== undefined) return { duplicate: true, event: toEvent(first) };
      const stored = firsts.get(document._id)!.document;
      if (stored === document) return { duplicate: false, seq: document.seq };
      return { duplicate: true, event: toEvent(stored) };
    });
  }

  /** Gives every document the number it gets when nobody else writes to its stream. */
  async #number(left: Given[], truthful: boolean): Promise<void> {
    const streams = [...new Set(left.map(({ document }) => document.stream))];
    const unknown = truthful ? streams : streams.filter((stream) => !this.#heads.has(stream));
    if (unknown.length > 0)
      for (const [stream, far] of await truthfulHeads(this.#collections, unknown))
        this.#heads.set(stream, far);
    const next = new Map(streams.map((stream) => [stream, this.#heads.get(stream)!.seq]));
    for (const { document } of left) {
      document.seq = next.get(document.stream)! + 1;
      next.set(document.stream, document.seq);
    }
    await this.#findTargets(left);
  }

  /** Says of each amendment what it changes: a message that is there already, or comes before it in the same call. */
  async #findTargets(left: Given[]): Promise<void> {
    const amending = left.filter(({ draft }) => draft.amends !== null);
    if (amending.length === 0) return;
    const asked = amending.map(({ draft }) => ({ stream: draft.stream, seq: draft.amends!.seq }));
    const fields = { _id: 0, stream: 1, seq: 1, expires: 1 } as const;
    const messages = new Map<string, Pick<EventDocument, 'seq' | 'expires'>>();
    const stored = this.#collections.events.find({ $or: asked, type: 'message' }, { projection: fields });
    for await (const one of stored) messages.set(messageKey(one.stream, one.seq), one);
    for (const { draft, document } of left) {
      const { stream, seq } = document;
      if (draft.amends !== null) {
        // A second attempt may have another answer.
        delete document.amends;
        delete document.of;
        setExpires(document, draft.expires ?? undefined);
        const of = messageKey(stream, draft.amends.seq);
        const message = messages.get(of);
        if (message !== undefined && message.seq < seq) {
          document.amends = pending(draft.amends);
          if (draft.amends.kind === 'edit') {
            document.of = of;
            // It carries the content again: it must go when the message goes.
            setExpires(document, message.expires);
          }
        }
      }
      if (document.type === 'message') messages.set(messageKey(stream, seq), document);
    }
  }

  /**
   * Inserts the documents in their order up to the first whose command or number is taken. Resolves to how many were inserted: never one
   * without the one before it, so no number is left out.
   */
  async #insert(documents: EventDocument[]): Promise<number> {
    const { events, contents } = this.#collections;
    const { mostInserted } = this.#options;
    const { stored, expiring } = partedAll(documents);
    // First: an event is never seen without its content.
    for (let from = 0; from < expiring.length; from += mostInserted)
      await contents.insertMany(expiring.slice(from, from + mostInserted), { ordered: false });
    for (let from = 0; from < stored.length; from += mostInserted) {
      try {
        await events.insertMany(stored.slice(from, from + mostInserted), { ordered: true });
      } catch (error) {
        const at = duplicateAt(error);
        if (at === null) throw error;
        const without = new Set(stored.slice(from + at).map(({ content }) => content));
        await dropContents(
          this.#collections,
          expiring.filter(({ _id }) => without.has(_id)),
        );
        return from + at;
      }
    }
    return stored.length;
  }

  #remember(stored: Given[]): void {
    for (const { document } of stored) {
      const far = this.#heads.get(document.stream);
      if (far !== undefined) furthered(far, document);
    }
  }

  /** To be written down, also when they are behind by the events of a process that ended. */
  #noteHeads(streams: Set<string>): void {
    for (const stream of streams) {
      const far = this.#heads.get(stream);
      if (far !== undefined) this.#written.note(stream, far);
    }
    // Calls that are under way do without, and the next ones ask.
    if (this.#heads.size > MOST_HEADS) this.#heads.clear();
  }

  /**
   * What is still to be stored. Which of its keys was taken is looked up: a server need not say it. Like the heads it is read as a majority
   * has it: one that is there and may yet be rolled back is neither a duplicate nor a number to go on from, and is asked for again.
   */
  async #withoutDuplicates(left: Given[], duplicates: Map<string, EventDocument>): Promise<Given[]> {
    const found = await this.#collections.events
      .find({ _id: { $in: left.map(({ document }) => document._id) } })
      .toArray();
    for (const document of found) duplicates.set(document._id, document);
    return left.filter(({ document }) => !duplicates.has(document._id));
  }

  /** Does what comes after the events. Of duplicates as well: whoever stored them may have ended before. */
  async #complete(firsts: Given[], duplicates: Map<string, EventDocument>): Promise<void> {
    const events = firsts.map(({ document }) => duplicates.get(document._id) ?? document);
    const amending = events.filter(isAmending);
    await applyAmendments(this.#collections, amending);
    // Deleting within a call changes what was stored by it before.
    if (amending.length > 0) await this.#readAgain(duplicates);
  }

  async #readAgain(duplicates: Map<string, EventDocument>): Promise<void> {
    if (duplicates.size === 0) return;
    const found = await this.#collections.events.find({ _id: { $in: [...duplicates.keys()] } }).toArray();
    for (const document of found) duplicates.set(document._id, document);
  }
}

function setExpires(document: EventDocument, expires: number | undefined): void {
  if (expires === undefined) delete document.expires;
  else document.expires = expires;
}

function partedAll(documents: EventDocument[]): { stored: EventDocument[]; expiring: ExpiringDocument[] } {
  const expiring: ExpiringDocument[] = [];
  const stored = documents.map((document) => {
    if (document.expires === undefined) return document;
    const { event, content } = parted(document, document.expires);
    expiring.push(content);
    return event;
  });
  return { stored, expiring };
}

export const isAmending = (document: EventDocument): document is EventDocument & Amending =>
  document.amends !== undefined;
