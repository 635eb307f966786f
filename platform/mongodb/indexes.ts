import { type Collection, type IndexDescription, MongoServerError } from 'mongodb';
import { DUPLICATE_KEY } from './trouble.ts';

const INDEX_OPTIONS_CONFLICT = 85;
const INDEX_KEY_SPECS_CONFLICT = 86;
const NOT_IMPLEMENTED = 238;

/**
 * Makes the indexes that are not there yet. Those that are there must be the same. On a server that removes nothing by itself (FerretDB 1)
 * one that says when to is made without that.
 * @throws {Error} that says what to do
 */
export async function ensureIndexes(
  // biome-ignore lint/suspicious/noExplicitAny: whatever its documents are
  collection: Collection<any>,
  indexes: (IndexDescription & { name: string })[],
): Promise<void> {
  for (const index of indexes) {
    try {
      await createIndex(collection, index);
    } catch (error) {
      if (!(error instanceof MongoServerError)) throw error;
      const called = `index ${index.name} of collection ${collection.namespace}`;
      if (error.code === INDEX_OPTIONS_CONFLICT || error.code === INDEX_KEY_SPECS_CONFLICT)
        throw new Error(
          `${called} is another one than ${JSON.stringify(index)}: drop the one that is there, and start again`,
          { cause: error },
        );
      if (error.code === DUPLICATE_KEY)
        throw new Error(`${called} cannot be made: the data were not written by Dunlin alone`, {
          cause: error,
        });
      throw error;
    }
  }
}

// biome-ignore lint/suspicious/noExplicitAny: whatever its documents are
async function createIndex(collection: Collection<any>, index: IndexDescription): Promise<void> {
  try {
    await collection.createIndexes([index]);
  } catch (error) {
    const lacking = error instanceof MongoServerError && error.code === NOT_IMPLEMENTED;
    if (!lacking || index.expireAfterSeconds === undefined) throw error;
    const { expireAfterSeconds: _, ...rest } = index;
    await collection.createIndexes([rest]);
  }
}
