import type { CommandOf, QueryType } from '../protocol/commands.ts';
import type { Actor } from './actor.ts';

/** One kind of question. `answer` returns what goes into `result`, or throws {@link Refused}. */
export interface QueryRules<T extends QueryType = QueryType> {
  readonly type: T;
  answer(actor: Actor, query: CommandOf<T>): Promise<unknown>;
}

/** Everything that can be asked, by type: the MQTT ingest and the HTTP routes both ask here. */
export interface Queries {
  /** @throws {Refused} */
  answer(actor: Actor, query: { type: QueryType; id: string; v: 1 } & Record<string, unknown>): Promise<unknown>;
}
