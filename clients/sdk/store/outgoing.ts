import { uuidv7 } from 'uuidv7';
import type { Content } from '../../../protocol/content.ts';
import type { AnyEvent } from '../../../protocol/events.ts';
import type { DunlinClient } from '../client.ts';
import type { ContentCodec, Destination } from '../codec.ts';
import type { RefusedError } from '../session.ts';
import type { ServerClock } from './clock.ts';
import type { Pending, SendOptions } from './pending.ts';
import type { Shelf } from './shelf.ts';

/** Messages on their way: shown at once, kept over restarts, in the order of writing. */
export class Outgoing {
  readonly #client: DunlinClient;
  readonly #shelf: Shelf;
  readonly #codec: ContentCodec;
  readonly #clock: ServerClock;
  #number = 0;
  #handing: Promise<unknown> = Promise.resolve();

  constructor(client: DunlinClient, shelf: Shelf, codec: ContentCodec, clock: ServerClock) {
    this.#client = client;
    this.#shelf = shelf;
    this.#codec = codec;
    this.#clock = clock;
  }

  /** What an earlier run left is handed over again, under the same ids. */
  async resume(): Promise<void> {
    const pendings = [...this.#shelf.pendings.values()].sort((a, b) => a.number - b.number);
    this.#number = Math.max(this.#number, ...pendings.map(({ number }) => number));
    for (const pending of pendings)
      if (pending.state === 'queued' || pending.state === 'accepted') await this.#handOver(pending);
  }

  /** Resolves with its id when it is kept. @throws {RefusedError} too_large, {StorageFullError}: nothing was kept */
  async send(to: Destination, content: Content, options: SendOptions): Promise<string> {
    const pending = this.made(to, content, options);
    if (this.isHere(pending.id)) return pending.id;
    await this.#put(pending);
    try {
      await this.#handOver(pending);
    } catch (error) {
      await this.#shelf.change(async (change) => change.putPending(pending.id, null));
      throw error;
    }
    return pending.id;
  }

  /** The next one in the order of writing, which is not kept yet. */
  made(to: Destination, content: Content, { id = uuidv7(), ...options }: SendOptions): Pending {
    const begun = this.#clock.local();
    return {
      id,
      to,
      content,
      options,
      number: ++this.#number,
      begun,
      state: 'queued',
      refusal: null,
    };
  }

  /** It was asked for before, and is on its way or refused. */
  isHere(id: string): boolean {
    return this.#shelf.pendings.has(id);
  }

  /** Sends what has been kept as `queued`. */
  handOver(pending: Pending): Promise<void> {
    return this.#handOver(pending);
  }

  /** Sends again what was refused, under the same id. */
  async retry(id: string): Promise<void> {
    const pending = this.#shelf.pendings.get(id);
    if (pending?.state !== 'refused') return;
    const again: Pending = { ...pending, state: 'queued', refusal: null, begun: this.#clock.local() };
    await this.#put(again);
    await this.#handOver(again);
  }

  /** Gives up what was refused. What is on its way may have arrived: it cannot be called back, only deleted afterwards. */
  async discard(id: string): Promise<void> {
    if (this.#shelf.pendings.get(id)?.state !== 'refused') return;
    await this.#shelf.change(async (change) => change.putPending(id, null));
  }

  async refused(id: string, error: RefusedError): Promise<void> {
    await this.#mark(id, { state: 'refused', refusal: error.refusal });
  }

  async #handOver({ id, to, content, options }: Pending): Promise<void> {
    const handed = this.#handing.then(async () => {
      const { replyTo, mentions, ttl, forwarded } = options;
      const fields = {
        to,
        content: await this.#codec.encode(content, to),
        ...(replyTo === undefined ? {} : { reply_to: replyTo }),
        ...(mentions === undefined ? {} : { mentions }),
        ...(ttl === undefined ? {} : { ttl }),
        ...(forwarded === undefined ? {} : { forwarded }),
      };
      const { accepted, outcome } = await this.#client.change('message.send', fields, id);
      outcome.then((event) => this.#sentBefore(event)).catch(() => {});
      accepted
        .then(
          () => this.#mark(id, { state: 'accepted' }),
          () => {},
        )
        .catch(() => {});
    });
    this.#handing = handed.catch(() => {});
    return handed;
  }

  /** Asked again after it had been sent: its event has come already, and does not come again. */
  #sentBefore({ id, conversation, seq }: AnyEvent): Promise<void> {
    return this.#shelf.change(async (change) => {
      if (change.pending(id) === null) return;
      const entry = await change.entry(conversation, seq);
      if (entry?.key === id) change.putPending(id, null);
    });
  }

  #mark(id: string, what: Partial<Pending>): Promise<void> {
    return this.#shelf.change(async (change) => {
      const pending = change.pending(id);
      // An event or a refusal may have come first.
      if (pending === null || (what.state === 'accepted' && pending.state !== 'queued')) return;
      change.putPending(id, { ...pending, ...what });
    });
  }

  #put(pending: Pending): Promise<void> {
    return this.#shelf.change(async (change) => change.putPending(pending.id, pending));
  }
}
