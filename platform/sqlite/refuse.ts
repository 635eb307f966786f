import { Refused } from '../../protocol/errors.ts';

const OVERLOADED_RETRY_MS = 1_000;

/**
 * Throws what the storage failed with as the refusal that travels; anything else as it is.
 * @throws {Refused} storage_full, overloaded, unavailable: nothing was kept
 */
export function refuseStorage(error: unknown): never {
  const { code, message } = error as { code?: unknown; message?: string };
  if (code === 'storage_full') throw new Refused('storage_full');
  if (code === 'overloaded') throw new Refused('overloaded', undefined, OVERLOADED_RETRY_MS);
  if (code === 'storage_failed') throw new Refused('unavailable', message?.slice(0, 200));
  throw error;
}
