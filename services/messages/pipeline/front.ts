import type { Clock } from '../../../platform/clock.ts';
import type { Metrics } from '../../../platform/metrics.ts';
import type { Logged, LoggedType } from '../../../protocol/commands.ts';
import { Refused } from '../../../protocol/errors.ts';
import type { Actor } from '../../actor.ts';
import type { Tidings } from '../feed.ts';
import type { History } from '../history.ts';
import type { CommandLog } from '../log.ts';
import { partitionKey } from '../partition-key.ts';
import type { ChangeRules, Outcome, Pipeline } from '../pipeline.ts';
import { Outcomes } from './outcomes.ts';

export interface FrontParts {
  log: Pick<CommandLog, 'append'>;
  history: Pick<History, 'lookup'>;
  rules: readonly ChangeRules[];
  clock: Clock;
  metrics?: Pick<Metrics, 'append_seconds'>;
}

/** The pipeline as those who send commands see it, and its ear at the event stream. */
export interface Front extends Pipeline {
  wants(stream: string): boolean;
  read(tidings: Tidings): void;
}

const REQUEST_TIMEOUT_MS = 10_000;

/** Where changes enter: refused early where that can be known, else in the log. */
export function createFront({ log, history, rules, clock, metrics }: FrontParts): Front {
  const rulesOf = new Map<LoggedType, ChangeRules>(rules.map((one) => [one.type, one]));
  const outcomes = new Outcomes();

  function submit(actor: Actor, command: Logged, text: string): Promise<void> {
    try {
      rulesOf.get(command.type)?.precheck?.(actor, command as never);
    } catch (error) {
      return submitAgain(actor, command, text, error);
    }
    return append(actor, command, text);
  }

  /** Refused early, unless it is a retry of what was accepted: then it is answered with the first result. */
  async function submitAgain(actor: Actor, command: Logged, text: string, error: unknown): Promise<void> {
    const [first] = await history.lookup([{ user: actor.user, id: command.id }]);
    if (!first) throw error;
    return append(actor, command, text);
  }

  function append(actor: Actor, command: Logged, text: string): Promise<void> {
    const start = performance.now();
    return log
      .append({ actor, acceptedAt: clock.now(), command, text })
      .then(() => metrics?.append_seconds.observe((performance.now() - start) / 1_000));
  }

  return {
    submit,
    async request(actor, command, text, timeoutMs = REQUEST_TIMEOUT_MS): Promise<Outcome> {
      const streams = [partitionKey({ actor, command }), actor.device];
      const waiting = outcomes.wait(actor.user, command.id, streams, timeoutMs);
      try {
        await submit(actor, command, text);
      } catch (error) {
        waiting.cancel();
        throw error;
      }
      const outcome = await waiting.outcome;
      if (outcome === null) throw new Refused('unavailable', 'accepted; the outcome is not known yet');
      waiting.cancel();
      return outcome;
    },
    wants: (stream) => outcomes.wants(stream),
    read: (tidings) => outcomes.read(tidings),
  };
}
