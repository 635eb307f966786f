import type { Actor } from '../actor.ts';
import type { Place } from './consuming.ts';
import type { StreamedEvent } from './history.ts';
import type { Outcome } from './pipeline.ts';

/** An answer to a device whose command made no new event: it was a repetition, or was refused again. */
export interface Answered {
  to: Actor;
  /** The id of the command. */
  command: string;
  outcome: Outcome;
}

/** What the messages service tells every process at once; parts that are absent are empty. */
export interface Tidings {
  /** Stored and applied, in order within each stream. */
  events?: StreamedEvent[];
  answers?: Answered[];
  /** Streams of which content was removed from history: it is not to be sent from memory any more. */
  erased?: string[];
}

/** Port: the writing end of the event stream. */
export interface FeedWriter {
  /** Resolves when every reader will get it: what this writer wrote before comes first. @throws {Refused} unavailable, overloaded */
  write(tidings: Tidings): Promise<void>;
}

/** Who reads the event stream. */
export interface FeedReader {
  /**
   * Whether somebody here cares for plain events of this stream: others need not be read to their end. Events that change who is in a
   * stream or what is known of a user come in any case, and so does everything that is no event.
   */
  wants(stream: string): boolean;
  /**
   * In order within each stream, called synchronously, a batch at a time. At least once: after trouble what was there before may come
   * again, also behind newer ones of its stream.
   */
  read(tidings: Tidings): void;
  /** What came may not be all that there was: the reader was away for longer than the stream is kept. */
  onGap(): void;
}

/**
 * Gets events one batch at a time. What it resolves for is handled. What it throws says what then: trouble that passes (see
 * `isPassingTrouble`) brings the same again for as long as it takes, and nothing is lost; anything else is a mistake that this handler would
 * make again and again, so after some tries each event is tried by itself, and what still fails is passed over, in every adapter.
 */
export type FeedHandler = (events: StreamedEvent[], place: Place) => Promise<void>;

export interface ConsumeOptions {
  /**
   * The longest that the handler keeps events ({@link Place.keep}), milliseconds. A stream within one process has no positions: after its end
   * all that was stored so long before comes again.
   */
  keepsMs?: number;
}

/** Told of each event that a consumer cannot take, and that is passed over: which consumer, which event, and why. */
export type OnPassedOver = (name: string, event: StreamedEvent, error: unknown) => void;

/** A handler of the event stream that was begun by {@link Feed.consume}. */
export interface FeedConsuming {
  /** Resolves when the handler is done with what it has, and is not called any more. */
  stop(): Promise<void>;
  /** Events that were written and are not handled yet, as far as this process knows. */
  readonly lag: number;
}

/** Port: the event stream. Nothing but a way of telling: history has the events. */
export interface Feed extends FeedWriter {
  /** Everything that is written from when this resolves on. */
  follow(reader: FeedReader): Promise<{ stop(): Promise<void> }>;
  /**
   * Under one name each event goes to one process at a time, at least once, in order within its stream; its position is committed after the
   * handler resolves, and not past what the handler keeps. Starts at what is written from its first use on.
   */
  consume(name: string, handler: FeedHandler, options?: ConsumeOptions): Promise<FeedConsuming>;
  close(): Promise<void>;
}
