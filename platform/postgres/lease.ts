import type { PostgresPoolClient, PostgresQueryResult } from 'kysely';
import { DatabaseError, type PoolClient } from 'pg';
import { breaksConnection, NoAnswer } from './trouble.ts';
import { InexactNumber } from './whole-numbers.ts';

type Result<Row> = PostgresQueryResult<Row>;

/** PostgreSQL keeps no U+0000 in a text: what stands for an unknown character is kept instead. */
const NUL = /\0/g;
const REPLACEMENT = '\ufffd';

/** A connection while somebody has it: for a bounded time, and never given back when it may still be busy with what was given up. */
export class Lease implements PostgresPoolClient {
  readonly #client: PoolClient;
  readonly #until: number;
  #broken = false;

  /** @param holdMs how long it may be had */
  constructor(client: PoolClient, holdMs: number) {
    this.#client = client;
    this.#until = performance.now() + holdMs;
  }

  query<Row>(sql: string, parameters: readonly unknown[]): Promise<Result<Row>>;
  query<Row>(cursor: unknown): Row;
  query<Row>(sql: unknown, parameters: readonly unknown[] = []): Promise<Result<Row>> | Row {
    if (typeof sql !== 'string') throw new TypeError('results come whole: use execute()');
    return this.#query<Row>(sql, parameters.map(storable));
  }

  async #query<Row>(sql: string, parameters: unknown[]): Promise<Result<Row>> {
    if (performance.now() > this.#until) this.#broken = true;
    if (this.#broken) {
      // The end of its connection undoes a transaction, and why it broke stays the error.
      if (sql === 'rollback') return { command: 'ROLLBACK', rowCount: 0, rows: [] } as never;
      throw new NoAnswer('the connection is broken, or was had for too long');
    }
    try {
      return (await this.#client.query(sql, parameters)) as unknown as Result<Row>;
    } catch (error) {
      const told = tellable(error);
      if (breaksConnection(told)) this.#broken = true;
      throw told;
    }
  }

  release(): void {
    this.#client.release(this.#broken);
  }
}

function storable(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(NUL, REPLACEMENT) : value;
}

/** The server's answer without the values of rows that it may name, so that it can be logged; or that there was none. */
function tellable(error: unknown): unknown {
  if (error instanceof DatabaseError) {
    for (const field of ['detail', 'where', 'internalQuery', 'hint'] as const) error[field] = undefined;
    return error;
  }
  if (error instanceof InexactNumber) return error;
  return new NoAnswer((error as Error).message, error);
}
