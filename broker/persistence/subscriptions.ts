import type { Subscription } from 'aedes';

type Options = { qos: number; rh?: number; rap?: boolean; nl?: boolean };

/** The text under which the options of a subscription are stored. */
export function optionsText({ qos, rh, rap, nl }: Options): string {
  return JSON.stringify({ qos, rh, rap, nl });
}

interface Kept {
  topic: string;
  options: Options;
}

/**
 * Subscriptions to topics that are not delivered by topic: what a session had, to give it back. A few of each of very many sessions, so
 * no index by topic, no map for each session, and each set of options once.
 */
export class SessionSubscriptions {
  readonly #options = new Map<string, Options>();
  readonly #clients = new Map<string, readonly Kept[]>();

  add(client: string, { topic, ...options }: Subscription): void {
    // Not pushed, nor spread: that would make room for 16 more.
    const kept = this.#without(client, [topic]).concat({ topic, options: this.#shared(options) });
    this.#clients.set(client, kept);
  }

  remove(client: string, topics: string[]): void {
    if (!this.#clients.has(client)) return;
    const others = this.#without(client, topics);
    if (others.length === 0) this.#clients.delete(client);
    else this.#clients.set(client, others);
  }

  of(client: string): Subscription[] {
    const kept = this.#clients.get(client) ?? [];
    return kept.map(({ topic, options }) => ({ topic, ...options }) as Subscription);
  }

  forget(client: string): void {
    this.#clients.delete(client);
  }

  #without(client: string, topics: string[]): Kept[] {
    return this.#clients.get(client)?.filter(({ topic }) => !topics.includes(topic)) ?? [];
  }

  #shared(options: Options): Options {
    const text = optionsText(options);
    const known = this.#options.get(text);
    if (known !== undefined) return known;
    const shared = JSON.parse(text) as Options;
    this.#options.set(text, shared);
    return shared;
  }
}
