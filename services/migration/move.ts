import type { Checksum } from './checksum.ts';
import { type Comparison, compare, sourceOf, sumOf } from './compare.ts';
import type { Mark, MarkStore } from './mark.ts';
import type { AnyPart } from './part.ts';
import { persistently } from './persistently.ts';

/** A server that an installation moves to, with what of it goes there. */
export interface Destination {
  /** As an operator knows it: `directory`, `history`, `redis`. */
  name: string;
  mark: MarkStore;
  /** Whether there is nothing yet of what is to be written. */
  isEmpty(): Promise<boolean>;
  /** In the order in which they are written. */
  parts: AnyPart[];
}

/** Told how it goes. */
export interface Progress {
  /** `rows` of `total` (null: it is not known yet) so far. */
  rows(doing: 'reading' | 'writing' | 'comparing', part: string, rows: number, total: number | null): void;
  /** What a person should know. */
  says(line: string): void;
}

/** What a migration cannot go on with; nothing was overwritten. */
export class MigrationRefused extends Error {}

/** A migration to one server whose mark is there: nobody else may use the server before it is carried out. */
export interface Begun {
  destination: Destination;
  here: Map<string, Checksum>;
  mark: Mark;
}

/**
 * Marks the server as the installation's. Of several servers all are to be marked before anything is written to the first: so none of
 * them can be taken for a whole one while another is not done.
 * @throws {MigrationRefused} the server holds other data, or the data folder has gone on since an earlier run began
 */
export async function begin(
  destination: Destination,
  installation: string,
  progress: Progress,
): Promise<Begun> {
  const here = await sumsOf(destination.parts, progress);
  return { destination, here, mark: await marked(destination, installation, here) };
}

/**
 * Moves what belongs to the server, or goes on where an earlier run was ended, and compares both sides then. One that has been moved
 * completely before is only compared.
 */
export async function carryOut(
  { destination, here, mark }: Begun,
  progress: Progress,
): Promise<Comparison[]> {
  const { parts, mark: marks } = destination;
  if (mark.state === 'moving') {
    for (const part of parts) await write(part, mark, marks, progress);
  } else progress.says('  It has been moved before: nothing is written, both sides are compared.');
  const comparisons: Comparison[] = [];
  for (const part of parts) {
    const sum = here.get(part.name)!;
    comparisons.push(
      await persistently(() =>
        compare(part, sum, (rows) => progress.rows('comparing', part.name, rows, sum.rows)),
      ),
    );
  }
  const differ = comparisons.some(({ differences }) => differences.length > 0);
  if (!differ && mark.state === 'moving') {
    mark.state = 'moved';
    await persistently(() => marks.save(mark));
  }
  return comparisons;
}

/** {@link begin} and {@link carryOut} of the only server there is. */
export async function move(
  destination: Destination,
  installation: string,
  progress: Progress,
): Promise<Comparison[]> {
  return carryOut(await begin(destination, installation, progress), progress);
}

async function sumsOf(parts: AnyPart[], progress: Progress): Promise<Map<string, Checksum>> {
  const sums = new Map<string, Checksum>();
  for (const part of parts) {
    const onRows = (rows: number) => progress.rows('reading', part.name, rows, null);
    sums.set(part.name, await sumOf(sourceOf(part), onRows));
  }
  return sums;
}

/** The mark of this installation, made when nothing is there. */
async function marked(
  { name, mark: marks, isEmpty }: Destination,
  installation: string,
  here: Map<string, Checksum>,
): Promise<Mark> {
  const holds = Object.fromEntries([...here].map(([part, sum]) => [part, sum.total]));
  let mark = await persistently(() => marks.read());
  if (mark === null) {
    if (!(await persistently(isEmpty)))
      throw new MigrationRefused(
        `${name}: it holds other data already, which a migration does not touch: give it an empty one`,
      );
    await persistently(() => marks.begin({ installation, state: 'moving', holds, written: {} }));
    mark = await persistently(() => marks.read());
  }
  if (mark?.installation !== installation)
    throw new MigrationRefused(`${name}: another installation was moved there: give it an empty one`);
  const changed = Object.keys(holds).filter(
    (part) => mark.holds[part]?.sum !== holds[part]!.sum || mark.holds[part]?.rows !== holds[part]!.rows,
  );
  if (changed.length > 0) {
    const since =
      mark.state === 'moved'
        ? 'it has been moved there before, and what is in the data folder was changed since'
        : 'what is in the data folder was changed since its migration began';
    throw new MigrationRefused(
      `${name}: ${since} (${changed.join(', ')}). To move it as it is now, empty the server first`,
    );
  }
  return mark;
}

/** From where it was ended. */
async function write(part: AnyPart, mark: Mark, marks: MarkStore, progress: Progress): Promise<void> {
  const { name } = part;
  if (part.write === undefined || mark.written[name] === null) return;
  const total = mark.holds[name]!.rows;
  let rows = 0;
  for (let after = mark.written[name] ?? null; ; ) {
    const page = await part.read(after);
    // What was written and is not in the mark is written again, and changes nothing.
    if (page.rows.length > 0) await persistently(() => part.write!(page.rows));
    mark.written[name] = page.next;
    await persistently(() => marks.save(mark));
    rows += page.rows.length;
    progress.rows('writing', name, rows, total);
    if (page.next === null) return;
    after = page.next;
  }
}
