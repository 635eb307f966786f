import type { Clock } from '../../../platform/clock.ts';
import type { Logger } from '../../../platform/logging.ts';
import type { Metrics } from '../../../platform/metrics.ts';
import { within } from '../../../platform/within.ts';
import type { Change, ChangeType } from '../../../protocol/commands.ts';
import { Refused } from '../../../protocol/errors.ts';
import type { Actor } from '../../actor.ts';
import type { Replies } from '../../replies.ts';
import type { EventDraft, History, StreamedEvent } from '../history.ts';
import type { CommandLog, LogConsumer } from '../log.ts';
import type { ChangeRules, EventStream, Outcome, Pipeline } from '../pipeline.ts';
import { createNumbering } from './numbering.ts';
import { Outcomes } from './outcomes.ts';

export interface PipelineParts {
  log: CommandLog;
  history: History;
  rules: readonly ChangeRules[];
  clock: Clock;
  logger: Logger;
  metrics?: Metrics;
  /** Where repeated commands are answered; null while there is no broker. */
  replies: () => Replies | null;
}

export interface RunningPipeline extends Pipeline, EventStream {
  start(): Promise<void>;
  /** Resolves when everything that was in the log has been handled, or after `timeoutMs`; false: not all of it. */
  caughtUp(timeoutMs: number): Promise<boolean>;
  /** Handles what is in the log, then stops. */
  stop(): Promise<void>;
  /** Holds numbering and delivery back; commands are accepted all the same. */
  pause(): Promise<void>;
  resume(): void;
  /** Stores an event that no command made, in its turn. */
  appendEvent(draft: EventDraft): Promise<void>;
}

const REQUEST_TIMEOUT_MS = 10_000;

export function createPipeline(parts: PipelineParts): RunningPipeline {
  const { log, history, clock, metrics } = parts;
  const rulesOf = new Map<ChangeType, ChangeRules>(parts.rules.map((rules) => [rules.type, rules]));
  const outcomes = new Outcomes();
  const listeners = new Set<(events: StreamedEvent[]) => void>();
  let consumer: LogConsumer | null = null;
  let lagTimer: NodeJS.Timeout | undefined;

  /** One thing at a time: batches of the log, and events of the server's own. */
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work);
    turn = mine.catch(() => {});
    return mine;
  };

  function emit(events: StreamedEvent[]): void {
    if (events.length === 0) return;
    for (const listener of listeners) listener(events);
    if (metrics === undefined) return;
    // By runs of a type: most batches are of one.
    for (let start = 0, end = 1; start < events.length; end++) {
      const { type } = events[start]!;
      if (events[end]?.type === type) continue;
      metrics.events_total.labels(type).inc(end - start);
      start = end;
    }
  }

  const numbering = createNumbering({ ...parts, rules: rulesOf, outcomes, emit });

  function submit(actor: Actor, command: Change, text: string): Promise<void> {
    try {
      rulesOf.get(command.type)?.precheck?.(actor, command as never);
    } catch (error) {
      return submitAgain(actor, command, text, error);
    }
    return append(actor, command, text);
  }

  /** Refused early, unless it is a retry of what was accepted: then it is answered with the first result. */
  async function submitAgain(actor: Actor, command: Change, text: string, error: unknown): Promise<void> {
    const [first] = await history.lookup([{ user: actor.user, id: command.id }]);
    if (!first) throw error;
    return append(actor, command, text);
  }

  function append(actor: Actor, command: Change, text: string): Promise<void> {
    const start = performance.now();
    return log
      .append({ actor, acceptedAt: clock.now(), command, text })
      .then(() => metrics?.append_seconds.observe((performance.now() - start) / 1_000));
  }

  return {
    submit,
    async request(actor, command, text, timeoutMs = REQUEST_TIMEOUT_MS): Promise<Outcome> {
      const waiting = outcomes.wait(actor.user, command.id, timeoutMs);
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
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async start() {
      consumer = await log.consume((batch) => inTurn(() => numbering.handle(batch)));
      const started = consumer;
      metrics?.pipeline_lag.set(0);
      if (metrics !== undefined) {
        lagTimer = setInterval(() => metrics.pipeline_lag.set(started.lag), 1_000);
        lagTimer.unref();
      }
    },
    caughtUp: (timeoutMs) => within(consumer?.drained() ?? Promise.resolve(), timeoutMs),
    async stop() {
      clearInterval(lagTimer);
      await consumer?.drained();
      await consumer?.stop();
    },
    async pause() {
      await consumer?.pause();
      await turn;
    },
    resume: () => consumer?.resume(),
    appendEvent: (draft) => inTurn(() => numbering.append(draft)),
  };
}
