import type { Subscription } from 'aedes';

type Options = { qos: number; rh?: number; rap?: boolean; nl?: boolean };

/** The text under which the options of a subscription are stored. */
export function optionsText({ qos, rh, rap, nl }: Options): string {
  return JSON.stringify({ qos, rh, rap, nl });
}

/**
 * Subscriptions to topics that are not delivered by topic: what a session had, to give it back. A few of each of very many sessions, so
 * no index by topic, and each set of options once.
 */
export class SessionSubscriptions {
  readonly #options = new Map<string, Options>();
  readonly #clients = new Map<string, Map<string, Options>>();

  add(client: string, { topic, ...options }: Subscription): void {
    const text = optionsText(options);
    let shared = this.#options.get(text);
    if (shared === undefined) {
      shared = JSON.parse(text) as Options;
      this.#options.set(text, shared);
    }
    const topics = this.#clients.get(client);
    if (topics === undefined) this.#clients.set(client, new Map([[topic, shared]]));
    else topics.set(topic, shared);
  }

  remove(client: string, topics: string[]): void {
    const known = this.#clients.get(client);
    if (known === undefined) return;
    for (const topic of topics) known.delete(topic);
    if (known.size === 0) this.#clients.delete(client);
  }

  of(client: string): Subscription[] {
    const known = this.#clients.get(client);
    return known === undefined
      ? []
      : [...known].map(([topic, options]) => ({ topic, ...options }) as Subscription);
  }

  forget(client: string): void {
    this.#clients.delete(client);
  }
}
