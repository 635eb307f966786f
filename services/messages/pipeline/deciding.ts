import { setTimeout as timer } from 'node:timers/promises';
import type { Logger } from '../../../platform/logging.ts';
import { type Refusal, Refused, refusal } from '../../../protocol/errors.ts';
import type { LogRecord } from '../log.ts';
import { isStorageTrouble } from '../passing-trouble.ts';
import type { ChangeRules, Decision } from '../pipeline.ts';
import type { DirectoryState } from './directory-state.ts';

/** A command of a batch with what was decided. */
export type Decided = { record: LogRecord; decision: Decision };
export type Planned = Decided | { record: LogRecord; error: Refusal };

export interface DecidingParts {
  logger: Logger;
  /** Absent: nothing can be decided while storage does not answer. */
  directory?: DirectoryState | undefined;
}

/** While the directory does not answer: what is not decided after this needs it, most likely, and others are not to wait for that. */
const PATIENCE_MS = 200;
/** Of a whole batch: what is left of it then is decided from what is at hand, or not now. */
const BATCH_PATIENCE_MS = 1_000;

/** How the commands of one batch are decided. Null: not without the directory, which does not answer. */
export class Deciding {
  readonly #parts: DecidingParts;
  #patienceMs = BATCH_PATIENCE_MS;

  constructor(parts: DecidingParts) {
    this.#parts = parts;
  }

  decide(record: LogRecord, rules: ChangeRules): Planned | null | Promise<Planned | null> {
    try {
      const decision = rules.decide(record.actor, record.command as never, record.acceptedAt);
      if (!(decision instanceof Promise)) return { record, decision };
      const planned = decision.then(
        (decided) => ({ record, decision: decided }),
        (error) => this.#refused(record, error),
      );
      return this.#isDown ? this.#inTime(planned) : planned;
    } catch (error) {
      return this.#refused(record, error);
    }
  }

  /** Whether the change has to be written to the directory, which does not answer. */
  cannotApply(rules: ChangeRules): boolean {
    return this.#isDown && rules.structural && rules.apply !== undefined;
  }

  /** Whether it is the directory that failed: then others may go on. */
  isDirectoryTrouble(error: unknown): boolean {
    return this.#isDown && isStorageTrouble(error);
  }

  get #isDown(): boolean {
    return this.#parts.directory?.isDown() === true;
  }

  /** A refusal is an answer; anything else is a mistake of ours, which costs this command and no other. */
  #refused(record: LogRecord, error: unknown): Planned | null {
    if (this.isDirectoryTrouble(error)) return null;
    // Storage that does not answer is no reason to refuse what was accepted: the batch comes again.
    if (isStorageTrouble(error)) throw error;
    if (error instanceof Refused) return { record, error: error.refusal };
    this.#parts.logger.error(
      { err: error, command: record.command.id, type: record.command.type },
      'a command could not be decided',
    );
    return { record, error: refusal('internal') };
  }

  async #inTime(planned: Promise<Planned | null>): Promise<Planned | null> {
    const start = performance.now();
    const late = new AbortController();
    const patience = timer(Math.min(PATIENCE_MS, this.#patienceMs), null, { signal: late.signal });
    try {
      return await Promise.race([planned, patience.catch(() => null)]);
    } finally {
      late.abort();
      this.#patienceMs = Math.max(0, this.#patienceMs - (performance.now() - start));
    }
  }
}
