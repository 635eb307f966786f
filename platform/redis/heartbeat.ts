import { Cluster, type Redis } from 'ioredis';
import type { RedisClient } from './client.ts';

/**
 * Gives up a connection on which nothing is answered any more: the far end is frozen, or gone without a word. Otherwise what was given
 * up would wait in it for ever, more and more of it, and a subscriber that hears nothing would not know that it is deaf.
 */
export class Heartbeat {
  readonly #timer: NodeJS.Timeout;

  /** @param deadlineMs what the client itself waits for an answer */
  constructor(client: RedisClient, deadlineMs: number) {
    const beat = () => {
      for (const node of client instanceof Cluster ? client.nodes() : [client]) ask(node);
    };
    this.#timer = setInterval(beat, Math.max(50, deadlineMs / 2)).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

const asking = new WeakSet<Redis>();

function ask(node: Redis): void {
  if (node.status !== 'ready' || asking.has(node)) return;
  asking.add(node);
  node
    .ping()
    .catch((error: Error) => {
      if (error.message === TIMED_OUT) node.disconnect(true);
    })
    .finally(() => asking.delete(node));
}

/** As ioredis says it. */
export const TIMED_OUT = 'Command timed out';
