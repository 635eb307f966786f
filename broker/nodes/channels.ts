import type { RedisConnection } from '../../platform/redis/connect.ts';

interface Heard {
  said(text: string): void;
  listening?: (() => void) | undefined;
}

/** Channels a command. */
const CHUNK = 500;
const AGAIN_MS = 1_000;

/**
 * What this node hears over Redis: one listener a channel. Comings and goings are gathered, so that many of them are one command; after
 * a lost connection everything is listened to again.
 */
export class Channels {
  readonly #client: RedisConnection['client'];
  readonly #heard = new Map<string, Heard>();
  /** Channels to be listened to, or not any more: which of the two is decided when it is said. */
  #changed = new Set<string>();
  #working = false;
  #again: NodeJS.Timeout | undefined;
  #stopped = false;
  readonly #onReady: () => void;
  readonly #onMessage: (channel: string, text: string) => void;

  /** @param connection one for subscriptions; whoever opened it closes it */
  constructor(connection: Pick<RedisConnection, 'client'>) {
    this.#client = connection.client;
    this.#onReady = () => {
      for (const channel of this.#heard.keys()) this.#changed.add(channel);
      void this.#work();
    };
    this.#onMessage = (channel, text) => this.#heard.get(channel)?.said(text);
    this.#client.on('ready', this.#onReady);
    this.#client.on('message', this.#onMessage);
  }

  /** `listening` is called whenever it begins to be heard: at first, and after what was said meanwhile has been missed. */
  listen(channel: string, said: (text: string) => void, listening?: () => void): void {
    this.#heard.set(channel, { said, listening });
    this.#change(channel);
  }

  unlisten(channel: string): void {
    if (this.#heard.delete(channel)) this.#change(channel);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#again);
    this.#client.off('ready', this.#onReady);
    this.#client.off('message', this.#onMessage);
    this.#heard.clear();
    this.#changed.clear();
  }

  #change(channel: string): void {
    if (this.#stopped) return;
    if (this.#client.status !== 'ready') {
      // What is listened to is said when it is back, and what is not is forgotten there.
      if (!this.#heard.has(channel)) this.#changed.delete(channel);
      return;
    }
    this.#changed.add(channel);
    // Those who come together go together.
    if (!this.#working) queueMicrotask(() => void this.#work());
  }

  async #work(): Promise<void> {
    if (this.#working || this.#stopped) return;
    this.#working = true;
    clearTimeout(this.#again);
    try {
      while (this.#changed.size > 0 && this.#client.status === 'ready' && !this.#stopped)
        await this.#say(this.#next());
    } catch {
      // The connection was lost, which begins anew when it is back, or it is slow.
      this.#again = setTimeout(() => void this.#work(), AGAIN_MS).unref();
    } finally {
      this.#working = false;
    }
  }

  #next(): string[] {
    const channels: string[] = [];
    for (const channel of this.#changed) {
      channels.push(channel);
      if (channels.length === CHUNK) break;
    }
    for (const channel of channels) this.#changed.delete(channel);
    return channels;
  }

  async #say(channels: string[]): Promise<void> {
    const on = channels.filter((channel) => this.#heard.has(channel));
    const off = channels.filter((channel) => !this.#heard.has(channel));
    try {
      if (on.length > 0) await this.#client.subscribe(...on);
      if (off.length > 0) await this.#client.unsubscribe(...off);
    } catch (error) {
      for (const channel of channels) this.#changed.add(channel);
      throw error;
    }
    for (const channel of on) this.#heard.get(channel)?.listening?.();
  }
}
