import { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { PostgresPool } from 'kysely';
import { DatabaseError, Pool } from 'pg';
import { Lease } from './lease.ts';
import { NoAnswer, stateOf } from './trouble.ts';
import type { PostgresAddress } from './url.ts';
import { wholeNumbers } from './whole-numbers.ts';

/** Milliseconds: all below the deadline of a call, so that what is given up ends soon, at the server too. */
export interface PoolTimes {
  /** Until there is a connection, new or free. */
  connectMs: number;
  /** A statement, at the server. */
  statementMs: number;
  /** Waiting for somebody else's lock, at the server. */
  lockMs: number;
  /** A statement, with its way there and back. */
  answerMs: number;
  /** A connection, with all statements of its transaction. */
  holdMs: number;
}

export interface PoolSettings {
  /** Connections at most. */
  connections: number;
  times: PoolTimes;
}

const KEEP_ALIVE_MS = 10_000;
const IDLE_MS = 60_000;
/** Connections are made anew after this time, so that those to a server that is being replaced end. */
const LIFETIME_SECONDS = 1_800;
const GOODBYE_MS = 500;

/** Connections to a server that may go away, hang and come back at any time. Its errors are {@link NoAnswer} or the server's own. */
export class GuardedPool implements PostgresPool {
  readonly #pool: Pool;
  readonly #times: PoolTimes;
  readonly #sockets = new Set<Socket>();
  #ended: Promise<void> | null = null;

  constructor(address: PostgresAddress, { connections, times }: PoolSettings) {
    const { applicationName, ssl, ...rest } = address;
    this.#times = times;
    this.#pool = new Pool({
      ...rest,
      // The name that a certificate is for.
      ssl: ssl === false ? false : { ...ssl, host: address.host },
      application_name: applicationName,
      max: connections,
      connectionTimeoutMillis: times.connectMs,
      query_timeout: times.answerMs,
      statement_timeout: times.statementMs,
      lock_timeout: times.lockMs,
      idle_in_transaction_session_timeout: times.holdMs,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
      idleTimeoutMillis: IDLE_MS,
      maxLifetimeSeconds: LIFETIME_SECONDS,
      stream: () => this.#socket(),
      types: wholeNumbers,
    });
    // A connection that breaks says so to whom uses it; of an idle one nobody needs to know. Unheard, either would end the process.
    this.#pool.on('error', () => {});
    this.#pool.on('connect', (client) => client.on('error', () => {}));
  }

  async connect(): Promise<Lease> {
    try {
      return new Lease(await this.#pool.connect(), this.#times.holdMs);
    } catch (error) {
      throw new NoAnswer(reasonOf(error), error);
    }
  }

  /** Ends what is under way after it had its time; resolves when no connection is left. */
  end(): Promise<void> {
    this.#ended ??= this.#end();
    return this.#ended;
  }

  async #end(): Promise<void> {
    await this.#pool.end();
    const until = performance.now() + GOODBYE_MS;
    while (this.#sockets.size > 0 && performance.now() < until) await pause(5);
    // A server that hangs does not say goodbye.
    for (const socket of this.#sockets) socket.destroy();
  }

  #socket(): Socket {
    const socket = new Socket();
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    return socket;
  }
}

/** Why there is no connection. The server's own words may be about who we are, never about how we prove it. */
function reasonOf(error: unknown): string {
  if (error instanceof DatabaseError) return `${error.message} (${stateOf(error)})`;
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}
