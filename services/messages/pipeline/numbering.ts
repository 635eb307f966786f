import type { Logger } from '../../../platform/logging.ts';
import type { Metrics } from '../../../platform/metrics.ts';
import type { LoggedType } from '../../../protocol/commands.ts';
import { type Refusal, Refused, refusal } from '../../../protocol/errors.ts';
import type { Unfinished } from '../consuming.ts';
import type { Answered, FeedWriter } from '../feed.ts';
import type { Appended, History, StoredEvent, StreamedEvent } from '../history.ts';
import type { LogRecord } from '../log.ts';
import type { ChangeRules, Outcome } from '../pipeline.ts';
import { type Decided, Deciding, type Planned } from './deciding.ts';
import type { DirectoryState } from './directory-state.ts';
import { Held } from './held.ts';
import { Projection } from './projection.ts';
import { refusalEvent } from './refusal-event.ts';
import { Return } from './return.ts';
import { streamed, streamedAgain } from './streamed.ts';

export interface NumberingParts {
  history: History;
  rules: readonly ChangeRules[];
  feed: FeedWriter;
  /** While it does not answer, what needs it is left unfinished, and the rest goes on. Absent: everything waits. */
  directory?: DirectoryState | undefined;
  logger: Logger;
  metrics?: Metrics;
}

export interface Numbering {
  /**
   * Decides, stores, applies and tells what was accepted, in its order. When it throws, the same batch is to come again. What it leaves
   * unfinished needs the directory, which does not answer, or has to stay behind that. Batches of different streams may be under way at
   * once.
   * @param ours asked before each write: false when the record may have gone to another process, which handles it; then this throws
   */
  handle(
    batch: LogRecord[],
    ours?: (record: LogRecord) => boolean,
  ): Promise<Unfinished<LogRecord> | undefined>;
}

/** What is to be told when everything before it has been. */
class Telling {
  readonly events: StreamedEvent[] = [];
  readonly answers: Answered[] = [];

  answer({ actor, command }: LogRecord, outcome: Outcome): void {
    this.answers.push({ to: actor, command: command.id, outcome });
  }
}

/** A batch that is under way. */
interface Batch {
  ours(record: LogRecord): boolean;
  told: (readonly StreamedEvent[])[];
  deciding: Deciding;
  /** What is left unfinished. */
  held: Held;
}

/** The consumer of the command log: each command becomes one event of one stream, or a refusal. */
export function createNumbering(parts: NumberingParts): Numbering {
  const { history, feed, logger, metrics, directory } = parts;
  const rulesOf = new Map<LoggedType, ChangeRules>(parts.rules.map((rules) => [rules.type, rules]));
  const projection = new Projection(parts.rules, logger);
  const back = directory === undefined ? null : new Return(directory);
  /** Told of batches that failed later and come again: not to be told twice. */
  const told = new Set<string>();

  async function tell({ events, answers }: Telling, batch: Batch): Promise<void> {
    if (events.length === 0 && answers.length === 0) return;
    await feed.write({ events, answers });
    batch.told.push(events);
    // By runs of a type: most batches are of one.
    for (let start = 0, end = 1; start < events.length; end++) {
      const { type } = events[start]!;
      if (events[end]?.type === type) continue;
      metrics?.events_total.labels(type).inc(end - start);
      start = end;
    }
  }

  async function handle(
    records: LogRecord[],
    ours: Batch['ours'] = () => true,
  ): Promise<Unfinished<LogRecord> | undefined> {
    metrics?.pipeline_batch_commands.observe(records.length);
    const batch: Batch = { ours, told: [], deciding: new Deciding({ logger, directory }), held: new Held() };
    try {
      await handleInOrder(records, batch);
    } catch (error) {
      for (const events of batch.told) for (const { sender, id } of events) told.add(`${sender.user}/${id}`);
      throw error;
    }
    const { records: left } = batch.held;
    if (told.size > 0) {
      const coming = new Set(left);
      for (const record of records) if (!coming.has(record)) told.delete(keyOf(record));
    }
    return left.length === 0 || back === null ? undefined : { records: left, again: back.again() };
  }

  async function handleInOrder(records: LogRecord[], batch: Batch): Promise<void> {
    let run: Planned[] = [];
    for (const record of records) {
      if (batch.held.takes(record)) continue;
      const rules = rulesOf.get(record.command.type);
      if (rules === undefined) {
        run.push({ record, error: refusal('unknown_type', record.command.type) });
        continue;
      }
      if (rules.structural) {
        await store(run, batch);
        run = [];
        // What was stored may have been held in the end.
        if (!batch.held.takes(record)) await handleAlone(record, rules, batch);
        continue;
      }
      const planning = batch.deciding.decide(record, rules);
      const planned = planning instanceof Promise ? await planning : planning;
      if (planned === null) {
        batch.held.add(record);
        continue;
      }
      run.push(planned);
      if ('decision' in planned && (planned.decision.joined ?? planned.decision.left) !== undefined) {
        await store(run, batch);
        run = [];
      }
    }
    await store(run, batch);
  }

  /** Looked up first: what is decided depends on what the same command may have changed already. */
  async function handleAlone(record: LogRecord, rules: ChangeRules, batch: Batch): Promise<void> {
    if (batch.deciding.cannotApply(rules)) return batch.held.add(record);
    const [first] = await history.lookup([{ user: record.actor.user, id: record.command.id }]);
    if (!first) {
      const planned = await batch.deciding.decide(record, rules);
      return planned === null ? batch.held.add(record) : store([planned], batch);
    }
    const telling = new Telling();
    await orHeld(record, batch, repeated(record, first, telling));
    await tell(telling, batch);
  }

  /** What cannot be applied because the directory does not answer is held: it is stored, and is found again when it comes again. */
  async function orHeld(record: LogRecord, batch: Batch, applying: Promise<void>): Promise<void> {
    try {
      await applying;
    } catch (error) {
      if (!batch.deciding.isDirectoryTrouble(error)) throw error;
      batch.held.add(record);
    }
  }

  /** Appends everything that was planned at once, applies it, and tells whoever is to know, in order. */
  async function store(planned: Planned[], batch: Batch): Promise<void> {
    if (planned.length === 0) return;
    if (!planned.every(({ record }) => batch.ours(record)))
      throw new Refused('unavailable', 'the partition may have gone to another process');
    const telling = new Telling();
    const kept = planned.some((p) => 'error' in p) ? await withoutRepeated(planned, telling, batch) : planned;
    const drafts = kept.map((p) => ('decision' in p ? p.decision.draft : refusalEvent(p.record, p.error)));
    const results = drafts.length === 0 ? [] : await history.append(drafts);
    try {
      for (let i = 0; i < kept.length; i++) {
        const { record } = kept[i]!;
        if (batch.held.takes(record)) continue;
        const finishing = finish(kept[i]!, results[i]!, telling);
        if (finishing !== undefined) await orHeld(record, batch, finishing);
      }
    } finally {
      // Also when applying one of them failed: those before it are stored and applied.
      await tell(telling, batch);
    }
  }

  /** What was stored is applied, and put among what is told. Waits for nothing where there is nothing to apply. */
  function finish(p: Planned, result: Appended, telling: Telling): Promise<void> | undefined {
    if ('error' in p) {
      tellRefusal(p.record, p.error, result, telling);
      return undefined;
    }
    if (result.duplicate) return repeated(p.record, result.event, telling);
    const event = streamed(p.decision, result.seq, p.record.actor);
    if (!applies(p)) {
      telling.events.push(event);
      return undefined;
    }
    return projection.apply(event).then(() => {
      telling.events.push(event);
    });
  }

  /** What is refused now may have been accepted when it came first: then that is the answer. */
  async function withoutRepeated(planned: Planned[], telling: Telling, batch: Batch): Promise<Planned[]> {
    const kept: Planned[] = [];
    const refusals = planned.filter((p) => 'error' in p);
    const firsts = await history.lookup(
      refusals.map(({ record }) => ({ user: record.actor.user, id: record.command.id })),
    );
    let next = 0;
    for (const p of planned) {
      const first = 'error' in p ? firsts[next++] : null;
      if (first) await orHeld(p.record, batch, repeated(p.record, first, telling));
      else kept.push(p);
    }
    return kept;
  }

  /** Whether the directory has to follow this decision. */
  function applies({ record, decision }: Decided): boolean {
    const rules = rulesOf.get(record.command.type)!;
    return (
      rules.apply !== undefined && (decision.applies ?? (rules.structural || decision.joined !== undefined))
    );
  }

  /**
   * The first event of a repeated command is its answer. When it is the log that repeats itself (after a crash or a failure), the event is
   * applied and told again, as that may have been missed; a device's late retry must not undo what came after the first time.
   */
  async function repeated(record: LogRecord, event: StoredEvent, telling: Telling): Promise<void> {
    const replayed = event.time === record.acceptedAt;
    if (replayed) {
      await projection.apply(event);
      if (!told.has(keyOf(record))) telling.events.push(streamedAgain(event, record.actor));
    }
    telling.answer(record, { ok: true, event, duplicate: true });
  }

  function tellRefusal(record: LogRecord, error: Refusal, result: Appended, telling: Telling): void {
    metrics?.refusals_total.labels(error.code).inc();
    if (result.duplicate) telling.answer(record, { ok: false, error });
    else telling.events.push(streamed({ draft: refusalEvent(record, error) }, result.seq, record.actor));
  }

  return { handle };
}

/** What makes a command the same one for ever. */
function keyOf({ actor, command }: LogRecord): string {
  return `${actor.user}/${command.id}`;
}
