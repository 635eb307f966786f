import { bucketOf, Checksum, digestOf } from './checksum.ts';
import type { AnyPart, Compared, Page, Place } from './part.ts';

/** What a part has on both sides. */
export interface Comparison {
  part: string;
  here: Checksum;
  there: Checksum;
  /** Some of the rows that differ, as a person may look for them; empty: none does. */
  differences: string[];
}

/** Rows that are named. */
const MOST_NAMED = 10;

type Reader = (after: Place | null) => Promise<Page<Compared>>;

/** What the data folder has, as it is compared. */
export const sourceOf =
  (part: AnyPart): Reader =>
  async (after) => {
    const { rows, next } = await part.read(after);
    return { rows: rows.map((row) => part.compared(row)), next };
  };

/** Adds up everything of a side, a page at a time. `onRows` is told how many there have been. */
export async function sumOf(read: Reader, onRows: (rows: number) => void = () => {}): Promise<Checksum> {
  const checksum = new Checksum();
  for await (const rows of pages(read)) {
    for (const row of rows) checksum.add(row);
    onRows(checksum.rows);
  }
  return checksum;
}

export async function compare(
  part: AnyPart,
  here: Checksum,
  onRows?: (rows: number) => void,
): Promise<Comparison> {
  const there = await sumOf((after) => part.readBack(after), onRows);
  const bucket = here.differsIn(there);
  const differences = bucket === null ? [] : await differencesIn(part, bucket);
  return { part: part.name, here, there, differences };
}

/** Both sides once more, keeping one group of many: what is not the same in both. */
async function differencesIn(part: AnyPart, bucket: number): Promise<string[]> {
  const here = await digestsOf(sourceOf(part), bucket);
  const there = await digestsOf((after) => part.readBack(after), bucket);
  const found: string[] = [];
  for (const [key, digest] of here) {
    const other = there.get(key);
    if (other === undefined) found.push(`${key} is missing`);
    else if (other !== digest) found.push(`${key} differs`);
    there.delete(key);
  }
  for (const key of there.keys()) found.push(`${key} should not be there`);
  return found.length === 0 ? ['rows that came more than once'] : found.slice(0, MOST_NAMED);
}

async function digestsOf(read: Reader, bucket: number): Promise<Map<string, string>> {
  const digests = new Map<string, string>();
  for await (const rows of pages(read))
    for (const row of rows) if (bucketOf(row) === bucket) digests.set(row.key, digestOf(row));
  return digests;
}

export async function* pages<Row>(read: (after: Place | null) => Promise<Page<Row>>): AsyncGenerator<Row[]> {
  for (let after: Place | null = null; ; ) {
    const { rows, next } = await read(after);
    yield rows;
    if (next === null) return;
    after = next;
  }
}
