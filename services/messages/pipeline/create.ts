import { setTimeout as timer } from 'node:timers/promises';
import type { Clock } from '../../../platform/clock.ts';
import type { Logger } from '../../../platform/logging.ts';
import type { Metrics } from '../../../platform/metrics.ts';
import type { Change, ChangeType } from '../../../protocol/commands.ts';
import { type Refusal, Refused, refusal } from '../../../protocol/errors.ts';
import { withSequence } from '../../../protocol/events.ts';
import type { Actor } from '../../actor.ts';
import type { Replies } from '../../replies.ts';
import type { Appended, EventDraft, History, StoredEvent, StreamedEvent } from '../history.ts';
import type { CommandLog, LogConsumer, LogRecord } from '../log.ts';
import type { ChangeRules, Decision, EventStream, Outcome, Pipeline } from '../pipeline.ts';
import { Outcomes } from './outcomes.ts';
import { refusalEvent } from './refusal-event.ts';

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

/** A command of a batch with what was decided. */
type Decided = { record: LogRecord; decision: Decision };
type Planned = Decided | { record: LogRecord; error: Refusal };

const REQUEST_TIMEOUT_MS = 10_000;

export function createPipeline(parts: PipelineParts): RunningPipeline {
  const { log, history, clock, logger, metrics } = parts;
  const rulesOf = new Map<ChangeType, ChangeRules>(parts.rules.map((rules) => [rules.type, rules]));
  /** By the type of the event, whatever command it came with. */
  const appliers = new Map(parts.rules.map((rules) => [rules.event as string, rules]));
  const outcomes = new Outcomes();
  const listeners = new Set<(events: StreamedEvent[]) => void>();
  let consumer: LogConsumer | null = null;
  let lagTimer: NodeJS.Timeout | undefined;

  /** Stored, and not told to the listeners yet: when applying fails, the batch comes again as duplicates. */
  const untold = new Map<string, Decision>();

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
    for (const event of events) metrics?.events_total.labels(event.type).inc();
  }

  function decide(record: LogRecord, rules: ChangeRules): Decision | Promise<Decision> {
    return rules.decide(record.actor, record.command as never, record.acceptedAt);
  }

  /** A refusal is an answer; anything else is a mistake of ours, which costs this command and no other. */
  function refused(record: LogRecord, error: unknown): Planned {
    // Storage that does not answer is no reason to refuse what was accepted: the batch comes again.
    if (isStorageTrouble(error)) throw error;
    if (error instanceof Refused) return { record, error: error.refusal };
    logger.error(
      { err: error, command: record.command.id, type: record.command.type },
      'a command could not be decided',
    );
    return { record, error: refusal('internal') };
  }

  async function handle(batch: LogRecord[]): Promise<void> {
    metrics?.pipeline_batch_commands.observe(batch.length);
    let run: Planned[] = [];
    for (const record of batch) {
      const rules = rulesOf.get(record.command.type);
      if (rules === undefined) {
        run.push({ record, error: refusal('unknown_type', record.command.type) });
        continue;
      }
      if (rules.structural) {
        await store(run);
        run = [];
        await handleAlone(record, rules);
        continue;
      }
      let planned: Planned;
      try {
        const decision = decide(record, rules);
        planned = { record, decision: decision instanceof Promise ? await decision : decision };
      } catch (error) {
        planned = refused(record, error);
      }
      run.push(planned);
      if (
        'decision' in planned &&
        (planned.decision.joined !== undefined || planned.decision.left !== undefined)
      ) {
        await store(run);
        run = [];
      }
    }
    await store(run);
  }

  async function handleAlone(record: LogRecord, rules: ChangeRules): Promise<void> {
    const [first] = await history.lookup([{ user: record.actor.user, id: record.command.id }]);
    if (first) return answerAgain(record, first);
    let planned: Planned;
    try {
      planned = { record, decision: await decide(record, rules) };
    } catch (error) {
      planned = refused(record, error);
    }
    await store([planned]);
  }

  /** Appends everything that was planned at once, applies it, and tells whoever is to know, in order. */
  async function store(planned: Planned[]): Promise<void> {
    if (planned.length === 0) return;
    const kept: Planned[] = [];
    const refusals = planned.filter((p) => 'error' in p);
    const firsts =
      refusals.length === 0
        ? []
        : await history.lookup(refusals.map((p) => ({ user: p.record.actor.user, id: p.record.command.id })));
    for (const p of planned) {
      // What is refused now may have been accepted when it came first: then that is the answer.
      const first = 'error' in p ? firsts[refusals.indexOf(p)] : null;
      if (first) await answerAgain(p.record, first);
      else kept.push(p);
    }
    if (kept.length === 0) return;
    const drafts = kept.map((p) => ('decision' in p ? p.decision.draft : refusalEvent(p.record, p.error)));
    const appended = await history.append(drafts);
    const mayFail = kept.some((p) => 'decision' in p && applies(p));
    for (const [i, p] of mayFail ? kept.entries() : [])
      if ('decision' in p && !appended[i]!.duplicate) untold.set(keyOf(p.record), p.decision);
    const events: StreamedEvent[] = [];
    try {
      for (const [i, p] of kept.entries()) {
        const result = appended[i]!;
        if ('error' in p) tellRefusal(p.record, p.error, drafts[i]!, result, events);
        else if (result.duplicate) await answerAgain(p.record, result.event, events);
        else await settleStored(p, result.seq, events);
      }
    } finally {
      // Also when applying one of them failed: those before it are stored and applied.
      emit(events);
    }
  }

  /** Whether the directory has to follow this decision. */
  function applies({ record, decision }: Decided): boolean {
    const rules = rulesOf.get(record.command.type)!;
    return rules.apply !== undefined && (rules.structural || decision.joined !== undefined);
  }

  /** Projects a stored event. A mistake of ours in one projection must not hold up everybody's messages; trouble of the storage does. */
  async function apply(event: StoredEvent): Promise<void> {
    try {
      await appliers.get(event.type)?.apply?.(event);
    } catch (error) {
      if (isStorageTrouble(error)) throw error;
      const { id, type, stream, seq } = event;
      logger.error({ err: error, event: id, type, stream, seq }, 'an event could not be applied');
    }
  }

  async function settleStored(decided: Decided, seq: number, events: StreamedEvent[]): Promise<void> {
    const { record, decision } = decided;
    const event = streamed(decision, seq, record.actor);
    if (applies(decided)) await apply(event);
    if (untold.size > 0) untold.delete(keyOf(record));
    events.push(event);
    outcomes.settle(record.actor.user, record.command.id, { ok: true, event, duplicate: false });
  }

  /**
   * The first event of a repeated command is its answer. When it is the log that repeats itself (after a crash or a failure), the event is
   * applied again, as that may have been missed; a device's late retry must not undo what came after the first time.
   */
  async function answerAgain(record: LogRecord, event: StoredEvent, events?: StreamedEvent[]): Promise<void> {
    const { actor, command } = record;
    const replayed = event.time === record.acceptedAt;
    if (replayed) await apply(event);
    const key = keyOf(record);
    const decision = untold.get(key);
    if (decision !== undefined) {
      untold.delete(key);
      const told = { ...streamed(decision, event.seq, actor), ...event };
      if (events === undefined) emit([told]);
      else events.push(told);
    } else {
      parts
        .replies()
        ?.toDevice(
          actor,
          `{"v":1,"type":"result","command":"${command.id}","result":${withSequence(event.seq, event.body)}}`,
        );
    }
    outcomes.settle(actor.user, command.id, { ok: true, event, duplicate: true });
  }

  function tellRefusal(
    record: LogRecord,
    error: Refusal,
    draft: EventDraft,
    result: Appended,
    events: StreamedEvent[],
  ): void {
    metrics?.refusals_total.labels(error.code).inc();
    if (result.duplicate)
      parts
        .replies()
        ?.toDevice(
          record.actor,
          JSON.stringify({ v: 1, type: 'refused', command: record.command.id, error }),
        );
    else events.push(streamed({ draft }, result.seq, record.actor));
    outcomes.settle(record.actor.user, record.command.id, { ok: false, error });
  }

  async function submit(actor: Actor, command: Change, text: string): Promise<void> {
    const start = performance.now();
    try {
      rulesOf.get(command.type)?.precheck?.(actor, command as never);
    } catch (error) {
      // Refused early, unless it is a retry of what was accepted: the pipeline then answers with the first result.
      const [first] = await history.lookup([{ user: actor.user, id: command.id }]);
      if (!first) throw error;
    }
    await log.append({ actor, acceptedAt: clock.now(), command, text });
    metrics?.append_seconds.observe((performance.now() - start) / 1_000);
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
      consumer = await log.consume((batch) => inTurn(() => handle(batch)));
      const started = consumer;
      metrics?.pipeline_lag.set(0);
      if (metrics !== undefined) {
        lagTimer = setInterval(() => metrics.pipeline_lag.set(started.lag), 1_000);
        lagTimer.unref();
      }
    },
    async caughtUp(timeoutMs) {
      const late = new AbortController();
      const timeout = timer(timeoutMs, false, { signal: late.signal }).catch(() => false);
      try {
        return await Promise.race([consumer?.drained().then(() => true) ?? true, timeout]);
      } finally {
        late.abort();
      }
    },
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
    appendEvent: (draft) =>
      inTurn(async () => {
        const [result] = await history.append([draft]);
        if (result !== undefined && !result.duplicate) emit([streamed({ draft }, result.seq)]);
      }),
  };
}

/** Whether the storage failed, and the same may succeed later. */
function isStorageTrouble(error: unknown): boolean {
  const code = error instanceof Refused ? error.refusal.code : (error as { code?: unknown } | null)?.code;
  return (
    code === 'unavailable' || code === 'overloaded' || code === 'storage_full' || code === 'storage_failed'
  );
}

/** What makes a command the same one for ever. */
function keyOf({ actor, command }: LogRecord): string {
  return `${actor.user}/${command.id}`;
}

function streamed(decision: Decision, seq: number, actor?: Actor): StreamedEvent {
  const { draft, joined, left } = decision;
  const { stream, type, sender, id, time, body, expires } = draft;
  const event: StreamedEvent = { stream, seq, type, sender, id, time, body, expires };
  if (actor !== undefined) event.actor = actor;
  if (joined !== undefined) event.joined = joined;
  if (left !== undefined) event.left = left;
  if (draft.amends?.kind === 'delete') event.erased = draft.amends.seq;
  return event;
}
