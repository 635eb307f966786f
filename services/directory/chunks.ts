/** Rows or ids a statement: SQLite binds at most 32,766 parameters, and a statement this long is still quick to prepare. */
const CHUNK = 500;

export function* chunks<T>(items: readonly T[]): Generator<T[]> {
  for (let i = 0; i < items.length; i += CHUNK) yield items.slice(i, i + CHUNK);
}
