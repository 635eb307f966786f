import type { AnyEvent, Storage } from '../sdk/index.ts';

type Entry = [key: string, value: string | null];

/** Names an event that is to be handled. */
export interface Place {
  conversation: string;
  seq: number;
}

/** Digits of a sequence number, so that keys are in the order of numbers. */
const DIGITS = 16;

/**
 * Events that were acknowledged to the server and are not handled yet. They are written in one with the position of their stream, and
 * taken out in one with what became of them: none is lost by a crash, and none that is done is done again.
 */
export class Journal {
  readonly #storage: Storage;
  readonly #prefix: string;

  constructor(storage: Storage, user: string) {
    this.#storage = storage;
    this.#prefix = `bot/${user}/todo/`;
  }

  /** What an earlier run left, in order within each conversation. */
  async left(): Promise<Place[]> {
    const entries = await this.#storage.list(this.#prefix);
    return entries.map(([key]) => {
      const [conversation, seq] = key.slice(this.#prefix.length).split('/');
      return { conversation: conversation!, seq: Number(seq) };
    });
  }

  /** What is to be written of an event that has come. */
  entry(event: AnyEvent): Entry {
    return [this.#key(event), JSON.stringify(event)];
  }

  /** Undefined: it is done. */
  async event(place: Place): Promise<AnyEvent | undefined> {
    const text = await this.#storage.get(this.#key(place));
    return text === undefined ? undefined : (JSON.parse(text) as AnyEvent);
  }

  async done(places: readonly Place[], beside: Entry[]): Promise<void> {
    await this.#storage.write([...beside, ...places.map((place): Entry => [this.#key(place), null])]);
  }

  #key({ conversation, seq }: Place): string {
    return `${this.#prefix}${conversation}/${String(seq).padStart(DIGITS, '0')}`;
  }
}
