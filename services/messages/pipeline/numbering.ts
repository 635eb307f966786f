import type { Logger } from '../../../platform/logging.ts';
import type { Metrics } from '../../../platform/metrics.ts';
import type { ChangeType } from '../../../protocol/commands.ts';
import { type Refusal, Refused, refusal } from '../../../protocol/errors.ts';
import { withSequence } from '../../../protocol/events.ts';
import type { Actor } from '../../actor.ts';
import type { Replies } from '../../replies.ts';
import type { Appended, EventDraft, History, StoredEvent, StreamedEvent } from '../history.ts';
import type { LogRecord } from '../log.ts';
import type { ChangeRules, Decision } from '../pipeline.ts';
import type { Outcomes } from './outcomes.ts';
import { refusalEvent } from './refusal-event.ts';

export interface NumberingParts {
  history: History;
  rules: ReadonlyMap<ChangeType, ChangeRules>;
  outcomes: Outcomes;
  /** Told what has been stored and applied, once and in order. */
  emit(events: StreamedEvent[]): void;
  logger: Logger;
  metrics?: Metrics;
  /** Where repeated commands are answered; null while there is no broker. */
  replies: () => Replies | null;
}

export interface Numbering {
  /** Decides, stores and applies what was accepted, in its order. When it throws, the same batch is to come again. */
  handle(batch: LogRecord[]): Promise<void>;
  /** Stores an event that no command made. */
  append(draft: EventDraft): Promise<void>;
}

/** A command of a batch with what was decided. */
type Decided = { record: LogRecord; decision: Decision };
type Planned = Decided | { record: LogRecord; error: Refusal };

/** The consumer of the command log: each command becomes one event of one stream, or a refusal. */
export function createNumbering(parts: NumberingParts): Numbering {
  const { history, rules: rulesOf, outcomes, emit, logger, metrics } = parts;
  /** By the type of the event, whatever command it came with. */
  const appliers = new Map([...rulesOf.values()].map((rules) => [rules.event as string, rules]));
  /** Stored, and not told to the listeners yet: when applying fails, the batch comes again as duplicates. */
  const untold = new Map<string, Decision>();

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
      const planned = plan(record, rules);
      const known = planned instanceof Promise ? await planned : planned;
      run.push(known);
      if ('decision' in known && (known.decision.joined ?? known.decision.left) !== undefined) {
        await store(run);
        run = [];
      }
    }
    await store(run);
  }

  function plan(record: LogRecord, rules: ChangeRules): Planned | Promise<Planned> {
    try {
      const decision = rules.decide(record.actor, record.command as never, record.acceptedAt);
      if (!(decision instanceof Promise)) return { record, decision };
      return decision.then(
        (decided) => ({ record, decision: decided }),
        (error) => refused(record, error),
      );
    } catch (error) {
      return refused(record, error);
    }
  }

  /** Looked up first: what is decided depends on what the same command may have changed already. */
  async function handleAlone(record: LogRecord, rules: ChangeRules): Promise<void> {
    const [first] = await history.lookup([{ user: record.actor.user, id: record.command.id }]);
    if (first) return answerAgain(record, first);
    await store([await plan(record, rules)]);
  }

  /** Appends everything that was planned at once, applies it, and tells whoever is to know, in order. */
  async function store(planned: Planned[]): Promise<void> {
    const kept = planned.some((p) => 'error' in p) ? await withoutRepeated(planned) : planned;
    if (kept.length === 0) return;
    const drafts = kept.map((p) => ('decision' in p ? p.decision.draft : refusalEvent(p.record, p.error)));
    const results = await history.append(drafts);
    const mayFail = kept.some((p, i) => results[i]!.duplicate || ('decision' in p && applies(p)));
    if (mayFail) keepUntold(kept, results);
    const events: StreamedEvent[] = [];
    try {
      for (let i = 0; i < kept.length; i++) {
        const p = kept[i]!;
        const result = results[i]!;
        if ('error' in p) tellRefusal(p.record, p.error, drafts[i]!, result, events);
        else if (result.duplicate) await answerAgain(p.record, result.event, events);
        else {
          const event = streamed(p.decision, result.seq, p.record.actor);
          if (applies(p)) await apply(event);
          if (untold.size > 0) untold.delete(keyOf(p.record));
          events.push(event);
          outcomes.settle(p.record.actor.user, p.record.command.id, { ok: true, event, duplicate: false });
        }
      }
    } finally {
      // Also when applying one of them failed: those before it are stored and applied.
      emit(events);
    }
  }

  /** What is refused now may have been accepted when it came first: then that is the answer. */
  async function withoutRepeated(planned: Planned[]): Promise<Planned[]> {
    const kept: Planned[] = [];
    const refusals = planned.filter((p) => 'error' in p);
    const firsts = await history.lookup(
      refusals.map(({ record }) => ({ user: record.actor.user, id: record.command.id })),
    );
    let next = 0;
    for (const p of planned) {
      const first = 'error' in p ? firsts[next++] : null;
      if (first) await answerAgain(p.record, first);
      else kept.push(p);
    }
    return kept;
  }

  function keepUntold(kept: Planned[], results: Appended[]): void {
    for (const [i, p] of kept.entries())
      if ('decision' in p && !results[i]!.duplicate) untold.set(keyOf(p.record), p.decision);
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

  return {
    handle,
    async append(draft) {
      const [result] = await history.append([draft]);
      if (result !== undefined && !result.duplicate) emit([streamed({ draft }, result.seq)]);
    },
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
