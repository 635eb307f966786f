/** What a handler could not finish for now, though others may go on. */
export interface Unfinished<R> {
  /** Of the batch, those very objects, with everything that has to stay behind one of them: see {@link Ordering}. */
  records: R[];
  /** Resolves when it is worth trying again. */
  again: Promise<unknown>;
}

/**
 * Gets batches one at a time. What it resolves without is done; when it throws, the same batch comes again after a pause that grows.
 * What it could not finish comes again, before anything that has to stay behind it.
 */
// biome-ignore lint/suspicious/noConfusingVoidType: a handler that finishes whatever it gets need not say so
export type Handler<R> = (batch: R[]) => Promise<Unfinished<R> | void>;

/** Where a batch stands, for a handler that is not done with it when it has handled it. */
export interface Place {
  /** They were handled before, for certain, by a process that has ended: whatever that did is done. */
  readonly again: boolean;
  /**
   * Called while the batch is being handled: after a crash it comes again, with everything behind it, until the function that this returns has
   * been called. Nothing is written for it.
   */
  keep(): () => void;
}

/** A {@link Handler} that may keep what it handles. What was set aside cannot be kept. */
export type KeepingHandler<R> = (batch: R[], place: Place) => ReturnType<Handler<R>>;

/** What has to stay in order where something waits. */
export interface Ordering<R> {
  /** Records of a partition that share one of these are handled in the order in which they came. */
  keysOf(record: R): readonly string[];
  /** About how much memory it takes, in characters. */
  sizeOf(record: R): number;
}

/** Whoever consumes a stream of records that somebody else writes. */
export interface Consumer {
  /** Holds the handler back; what is written meanwhile waits. Resolves when no batch is under way. */
  pause(): Promise<void>;
  resume(): void;
  /** Resolves when everything written before this call has been handled and committed. */
  drained(): Promise<void>;
  stop(): Promise<void>;
  /** Written and not yet committed. */
  readonly lag: number;
  /** Handed out and not finished, with what has to stay behind it. */
  readonly waiting: number;
}
