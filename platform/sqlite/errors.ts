export type StorageCode = 'storage_full' | 'storage_failed' | 'overloaded';

/** The storage refused: nothing of the job was kept. */
export class StorageError extends Error {
  readonly code: StorageCode;
  constructor(code: StorageCode, message: string) {
    super(message);
    this.name = 'StorageError';
    this.code = code;
  }
}

const SQLITE_IOERR = 10;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_CANTOPEN = 14;
const SQLITE_READONLY = 8;

/** The storage's own failures, told from a job's: null when `error` is not one. */
export function storageCode(error: unknown): StorageCode | null {
  const code = (error as { errcode?: unknown }).errcode;
  if (typeof code !== 'number') return null;
  // The primary result code is in the low byte of an extended one (sqlite.org/rescode.html).
  switch (code & 0xff) {
    case SQLITE_FULL:
      return 'storage_full';
    case SQLITE_IOERR:
    case SQLITE_CORRUPT:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
      return 'storage_failed';
    default:
      return null;
  }
}
