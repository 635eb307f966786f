/** A row as it is compared: the same text on both sides when the row is the same. */
export interface Compared {
  /** Names the row to a person who looks for it; unique within its part. */
  key: string;
  /** Plain JSON; the order of its fields does not matter. */
  value: unknown;
}

/** Where a page ends, as JSON can hold it. */
export type Place = string | number | (string | number)[];

export interface Page<Row> {
  rows: Row[];
  /** Where to go on; null: that was the last one. A page without rows may have others after it. */
  next: Place | null;
}

/**
 * Port: one kind of what moves from an embedded installation to a server, as the store it belongs to reads and writes it. Pages are bounded,
 * in rows and in bytes.
 */
export interface Part<Row = unknown> {
  /** As a person knows it: `users`, `events`, … */
  readonly name: string;
  /** What the data folder has, behind `after` (null: from the beginning), always in the same order. */
  read(after: Place | null): Promise<Page<Row>>;
  compared(row: Row): Compared;
  /**
   * Puts rows where they go, in their order, after those before them. Durable when it resolves. The same ones again change nothing.
   * Absent: it follows from other parts, and is only compared.
   */
  write?(rows: Row[]): Promise<void>;
  /** What the server has, in any order that stays. */
  readBack(after: Place | null): Promise<Page<Compared>>;
}

/** Rows asked of a store at once. */
export const PAGE = 500;

/** A page of rows that were asked for with a limit: one that is not full is the last. */
export function pageOf<Row>(rows: Row[], limit: number, placeOf: (last: Row) => Place): Page<Row> {
  return { rows, next: rows.length < limit ? null : placeOf(rows.at(-1)!) };
}

// biome-ignore lint/suspicious/noExplicitAny: a list of parts of different rows
export type AnyPart = Part<any>;
