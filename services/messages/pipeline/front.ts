import type { Clock } from '../../../platform/clock.ts';
import type { Metrics } from '../../../platform/metrics.ts';
import type { Logged, LoggedType } from '../../../protocol/commands.ts';
import { Refused } from '../../../protocol/errors.ts';
import type { Actor } from '../../actor.ts';
import type { Tidings } from '../feed.ts';
import type { History } from '../history.ts';
import type { CommandLog } from '../log.ts';
import { partitionKey } from '../partition-key.ts';
import { isStorageTrouble } from '../passing-trouble.ts';
import type { ChangeRules, Outcome, Pipeline } from '../pipeline.ts';
import type { DirectoryState } from './directory-state.ts';
import { Outcomes } from './outcomes.ts';

export interface FrontParts {
  log: Pick<CommandLog, 'append'>;
  history: Pick<History, 'lookup'>;
  rules: readonly ChangeRules[];
  clock: Clock;
  metrics?: Pick<Metrics, 'append_seconds'>;
  /** What cannot be decided without it is not to enter the log while it is away: it would wait there, and hold up its conversation and its device. */
  directory?: DirectoryState;
}

/** The pipeline as those who send commands see it, and its ear at the event stream. */
export interface Front extends Pipeline {
  wants(stream: string): boolean;
  read(tidings: Tidings): void;
}

const REQUEST_TIMEOUT_MS = 10_000;

/** Where changes enter: refused early where that can be known, else in the log. */
export function createFront(parts: FrontParts): Front {
  const { log, history, rules, clock, metrics, directory } = parts;
  const rulesOf = new Map<LoggedType, ChangeRules>(rules.map((one) => [one.type, one]));
  const outcomes = new Outcomes();

  /** Devices of which something is being asked for: what they send next waits, as it is to come behind it. */
  const asking = new Map<string, Promise<void>>();

  function submit(actor: Actor, command: Logged, text: string): Promise<void> {
    const before = asking.get(actor.device);
    if (before === undefined) {
      const checking = check(actor, command);
      if (checking === undefined) return append(actor, command, text);
      return inTurn(actor, checking, command, text);
    }
    return inTurn(
      actor,
      before.then(() => check(actor, command)),
      command,
      text,
    );
  }

  function inTurn(actor: Actor, checking: Promise<void>, command: Logged, text: string): Promise<void> {
    const submitted = checking.then(
      () => append(actor, command, text),
      (error) => submitAgain(actor, command, text, error),
    );
    // The log keeps the order in which it is given entries: what comes next need not wait for this to be durable.
    const begun = checking
      .catch(() => {})
      .finally(() => {
        if (asking.get(actor.device) === begun) asking.delete(actor.device);
      });
    asking.set(actor.device, begun);
    return submitted;
  }

  /** Undefined: nothing is against it, as far as is known. A promise: that has to be found out. */
  function check(actor: Actor, command: Logged): Promise<void> | undefined {
    const rules = rulesOf.get(command.type);
    try {
      rules?.precheck?.(actor, command as never);
    } catch (error) {
      return Promise.reject(error);
    }
    if (directory?.isDown() !== true) return undefined;
    return rules?.fromCache?.(actor, command as never) ?? directory.ask();
  }

  /** Refused early, unless it is a retry of what was accepted: then it is answered with the first result. */
  async function submitAgain(actor: Actor, command: Logged, text: string, error: unknown): Promise<void> {
    if (isStorageTrouble(error)) throw error;
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
