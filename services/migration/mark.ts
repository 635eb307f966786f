import type { Sum } from './checksum.ts';
import type { Place } from './part.ts';

/** What a server holds about the installation that was moved to it. */
export interface Mark {
  /** The id of the installation in the data folder. */
  installation: string;
  /** Once it is `moved` nothing is written there by a migration any more: a live installation has it. */
  state: 'moving' | 'moved';
  /** What the data folder held when it began, by part: it must not have gone on since. */
  holds: Record<string, Sum>;
  /** By part, how far it has been written; null: all of it. Absent: nothing. */
  written: Record<string, Place | null>;
}

/** Port: where a server keeps its mark. */
export interface MarkStore {
  read(): Promise<Mark | null>;
  /** Makes the mark, unless there is one already; of two at the same time one does. */
  begin(mark: Mark): Promise<void>;
  /** Durable when it resolves. */
  save(mark: Mark): Promise<void>;
}
