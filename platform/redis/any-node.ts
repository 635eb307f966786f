import { connect } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { AbstractConnector, type RedisOptions } from 'ioredis';
import type { RedisHost } from './url.ts';

/** Milliseconds that the far end has to say goodbye. */
const GOODBYE_MS = 2_000;

/**
 * For a connection that says or hears what goes over channels: at one node of a Cluster, whichever, for what is said at one is heard at all,
 * and what is said over one connection is heard in order. When it ends it goes on at another. The Cluster client itself is none for this: it
 * says each thing at a node by chance, and does not tell that it was deaf for a moment, nor notice that it is.
 * @param hosts asked at each attempt: the nodes known then
 */
export function anyNode(
  hosts: () => RedisHost[],
  tls: ConnectionOptions | null,
): NonNullable<RedisOptions['Connector']> {
  return class extends AbstractConnector {
    #last: RedisHost | undefined;

    constructor() {
      super(GOODBYE_MS);
    }

    async connect() {
      this.connecting = true;
      this.#last = another(hosts(), this.#last);
      this.stream = tls === null ? connect(this.#last) : connectTls({ ...this.#last, ...tls });
      this.stream.once('error', (error: Error) => {
        this.firstError = error;
      });
      return this.stream;
    }
  };
}

/** By chance, so that processes spread over the nodes; not the one that has just failed, if there is another. */
export function another(hosts: RedisHost[], last: RedisHost | undefined): RedisHost {
  const others = hosts.filter(({ host, port }) => host !== last?.host || port !== last.port);
  const from = others.length > 0 ? others : hosts;
  return from[Math.floor(Math.random() * from.length)]!;
}
