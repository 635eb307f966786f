import type { Logged, LoggedOf, LoggedType } from '../../protocol/commands.ts';
import type { Refusal } from '../../protocol/errors.ts';
import type { EventType } from '../../protocol/events.ts';
import type { Actor } from '../actor.ts';
import type { EventDraft, StoredEvent, StreamedEvent } from './history.ts';

/** What became of a change. */
export type Outcome = { ok: true; event: StoredEvent; duplicate: boolean } | { ok: false; error: Refusal };

/** What the rooms of the front (MQTT ingest, HTTP) see of the pipeline. */
export interface Pipeline {
  /**
   * Takes a validated change. Resolves when it is durable in the command log: the moment for PUBACK.
   * What it could be refused for early (membership, blocks: cached) has been checked.
   * @throws {Refused}
   */
  submit(actor: Actor, command: Logged, text: string): Promise<void>;
  /** As submit, and waits for the outcome. @throws {Refused} also `unavailable` after `timeoutMs` (default 10,000) */
  request(actor: Actor, command: Logged, text: string, timeoutMs?: number): Promise<Outcome>;
}

/**
 * The live stream of stored events, in order within each stream; listeners are called synchronously, once a batch. At least once: what
 * was there before may come again, also behind newer ones.
 */
export interface EventStream {
  subscribe(listener: (events: StreamedEvent[]) => void): () => void;
}

/**
 * Decided: the event to store, and who joins or leaves the stream by it. A decision by which somebody joins or leaves is
 * stored and applied before the next command is decided.
 */
export interface Decision {
  draft: EventDraft;
  joined?: string[];
  left?: string[];
  /**
   * Whether the event is to be applied: by default where the type of change is structural, or somebody joins. What the directory does not
   * follow costs it nothing.
   */
  applies?: boolean;
}

/**
 * The rules of one type of change. `decide` reads state and returns a decision or throws {@link Refused}; it may return
 * synchronously when everything is cached (the hot path). `apply` runs after the event is durable and projects it onto
 * the directory; it must be idempotent, as a crash between the two makes it run again. It is given nothing but the event: a command
 * that is sent under the id of another has that other one's event, and must not be applied in its name. `stale` forgets what caches
 * hold that the event has made old: here after `apply`, in every other process when the event comes by the stream.
 */
export interface ChangeRules<T extends LoggedType = LoggedType> {
  readonly type: T;
  /** The type of the event that it makes. Rules that make the same one apply it alike. */
  readonly event: EventType;
  /**
   * True when the decision depends on what earlier changes of the same kind did (membership, roles, profile): such a change is looked up
   * for duplicates first and decided alone, after everything before it has been applied.
   */
  readonly structural: boolean;
  decide(actor: Actor, command: LoggedOf<T>, acceptedAt: number): Decision | Promise<Decision>;
  /**
   * What can be refused before the log, from what is cached; throws {@link Refused}, and lets pass what it does not know.
   */
  precheck?(actor: Actor, command: LoggedOf<T>): void;
  /**
   * While the directory does not answer: resolves when what is kept of it is enough to decide this command, rejects with {@link Refused}
   * otherwise. Undefined, or absent: it needs the directory.
   */
  fromCache?(actor: Actor, command: LoggedOf<T>): Promise<void> | undefined;
  apply?(event: StoredEvent): Promise<void>;
  stale?(event: StoredEvent): void;
}
