import type { AnyBulkWriteOperation, Collection, Document } from 'mongodb';
import { onlyDuplicates } from '../../../platform/mongodb/trouble.ts';

/**
 * Updates in any order, at most so many a command. One whose key is taken holds up none of the others.
 * @throws what the first that failed has thrown
 */
export async function updateAll<T extends Document>(
  collection: Collection<T>,
  updates: AnyBulkWriteOperation<T>[],
  most: number,
): Promise<void> {
  let taken: unknown = null;
  for (let from = 0; from < updates.length; from += most) {
    try {
      await collection.bulkWrite(updates.slice(from, from + most), { ordered: false });
    } catch (error) {
      if (!onlyDuplicates(error)) throw error;
      taken ??= error;
    }
  }
  if (taken !== null) throw taken;
}
