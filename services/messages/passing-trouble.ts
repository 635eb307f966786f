import { Refused } from '../../protocol/errors.ts';

/** What the storage says when it has failed: as a refusal, or as an error of its own with that code. */
const STORAGE = new Set<unknown>(['unavailable', 'overloaded', 'storage_full', 'storage_failed']);

/** Whether the storage failed, and the same may succeed later. */
export function isStorageTrouble(error: unknown): boolean {
  return STORAGE.has(
    error instanceof Refused ? error.refusal.code : (error as { code?: unknown } | null)?.code,
  );
}

/**
 * Whether it passes: the storage, or whatever else was asked, may do the same later. Anything else is a mistake, which would be made again:
 * `internal` too, which only those outside are told to try again.
 */
export function isPassingTrouble(error: unknown): boolean {
  if (isStorageTrouble(error)) return true;
  return error instanceof Refused && error.refusal.retry && error.refusal.code !== 'internal';
}
