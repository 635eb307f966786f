import type { Storage } from '../sdk/index.ts';

/** JSON. What a bot remembers of one conversation. */
export type State = Record<string, unknown>;
/** Writes these entries of the bot's own storage, and that the event is done, all or none. */
export type Commit = (entries: [key: string, value: string | null][]) => Promise<void>;

/** Port: what a bot remembers of each conversation. Every adapter passes `states.conformance.ts`. */
export interface StateStore {
  /** Empty: nothing is remembered. What is done to it changes nothing until it is saved. */
  load(conversation: string): Promise<State>;
  /**
   * Saves, and calls `commit` once, last. An empty one is forgotten. When `commit` throws, what is saved is as it was, or the event is
   * handled again with what was saved: an adapter that can write in one with the bot's storage gives `commit` its entries.
   */
  save(conversation: string, state: State, commit: Commit): Promise<void>;
}

/** Remembers until the process ends. */
export class MemoryStates implements StateStore {
  readonly #states = new Map<string, string>();

  async load(conversation: string): Promise<State> {
    return JSON.parse(this.#states.get(conversation) ?? '{}') as State;
  }

  async save(conversation: string, state: State, commit: Commit): Promise<void> {
    const text = JSON.stringify(state);
    await commit([]);
    if (text === '{}') this.#states.delete(conversation);
    else this.#states.set(conversation, text);
  }
}

/** Remembers in the storage of the bot: what an event changes and that it is done are one write. */
export class StoredStates implements StateStore {
  readonly #storage: Pick<Storage, 'get'>;
  readonly #prefix: string;

  constructor(storage: Pick<Storage, 'get'>, user: string) {
    this.#storage = storage;
    this.#prefix = `bot/${user}/state/`;
  }

  async load(conversation: string): Promise<State> {
    return JSON.parse((await this.#storage.get(this.#prefix + conversation)) ?? '{}') as State;
  }

  async save(conversation: string, state: State, commit: Commit): Promise<void> {
    const text = JSON.stringify(state);
    await commit([[this.#prefix + conversation, text === '{}' ? null : text]]);
  }
}
