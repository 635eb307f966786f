import type { CommandOf, QueryType } from '../protocol/commands.ts';
import { Refused } from '../protocol/errors.ts';
import type { Actor } from './actor.ts';

/** One kind of question. `answer` returns what goes into `result`, or throws {@link Refused}. */
export interface QueryRules<T extends QueryType = QueryType> {
  readonly type: T;
  answer(actor: Actor, query: CommandOf<T>): Promise<unknown>;
}

/** Everything that can be asked, by type: the MQTT ingest and the HTTP routes both ask here. */
export interface Queries {
  /** @throws {Refused} */
  answer(
    actor: Actor,
    query: { type: QueryType; id: string; v: 1 } & Record<string, unknown>,
  ): Promise<unknown>;
}

/** An answer that is JSON text already: written out as it is, over MQTT and HTTP alike. */
export class RawJson {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** The JSON text of an answer. */
export function answerText(answer: unknown): string {
  return answer instanceof RawJson ? answer.text : JSON.stringify(answer);
}

export function createQueries(rules: readonly QueryRules[]): Queries {
  const byType = new Map<string, QueryRules>(rules.map((rule) => [rule.type, rule]));
  return {
    async answer(actor, query) {
      const rule = byType.get(query.type);
      if (rule === undefined) throw new Refused('unknown_type', query.type);
      return rule.answer(actor, query as never);
    },
  };
}
