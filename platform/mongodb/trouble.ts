import {
  MongoBulkWriteError,
  MongoError,
  MongoNetworkError,
  MongoServerError,
  MongoServerSelectionError,
} from 'mongodb';
import { Refused } from '../../protocol/errors.ts';

/**
 * Codes that say "not here" or "not now" (mongodb/mongo, src/mongo/base/error_codes.yml). Missing rights and wrong passwords are among
 * them: an operator changes them while the server runs, and no message may be lost meanwhile.
 */
const TROUBLE = new Set([
  1, // InternalError
  6, // HostUnreachable
  7, // HostNotFound
  13, // Unauthorized
  18, // AuthenticationFailed
  24, // LockTimeout
  50, // MaxTimeMSExpired
  64, // WriteConcernFailed: not on a majority in time
  89, // NetworkTimeout
  91, // ShutdownInProgress
  100, // UnsatisfiableWriteConcern
  112, // WriteConflict
  133, // FailedToSatisfyReadPreference
  134, // ReadConcernMajorityNotAvailableYet
  189, // PrimarySteppedDown
  202, // NetworkInterfaceExceededTimeLimit
  262, // ExceededTimeLimit
  8000, // AtlasError
  9001, // SocketException
  10107, // NotWritablePrimary
  11600, // InterruptedAtShutdown
  11602, // InterruptedDueToReplStateChange
  13435, // NotPrimaryNoSecondaryOk
  13436, // NotPrimaryOrSecondary
]);
const NAMES =
  /(WaitQueueTimeout|PoolCleared|PoolClosed|TopologyClosed|NotConnected|OperationTimeout|Expired)/;
/** What a connection that ends just now fails with: the driver lets some of it through as it is. */
const SOCKET =
  /^(EPIPE|ECONN[A-Z]+|ENOTFOUND|EAI_[A-Z]+|E(HOST|NET)UNREACH|ETIMEDOUT|ERR_(STREAM|SOCKET|SSL|TLS)_[A-Z_]+)$/;
const OUT_OF_DISK_SPACE = 14_031;
export const DUPLICATE_KEY = 11_000;

/** Whether MongoDB does not answer, or not now: such a call may succeed later. For `Engine.isTrouble`. */
export function isMongoTrouble(error: unknown): boolean {
  if (!(error instanceof MongoError)) return SOCKET.test(String((error as { code?: unknown } | null)?.code));
  if (error instanceof MongoNetworkError || error instanceof MongoServerSelectionError) return true;
  if (NAMES.test(error.name)) return true;
  // One that no document is to blame for: the driver puts a lost connection, among others, into such a one.
  if (error instanceof MongoBulkWriteError && (unconfirmed(error) || errorsOf(error).length === 0))
    return true;
  return error instanceof MongoServerError && TROUBLE.has(Number(error.code));
}

/** Throws a full disk as the refusal that travels, anything else as it is. @throws {Refused} storage_full */
export function refuseFull(error: unknown): never {
  const full = error instanceof MongoServerError && error.code === OUT_OF_DISK_SPACE;
  if (full || /disk is full|disk full|no space left/i.test(String((error as Error)?.message)))
    throw new Refused('storage_full', undefined, undefined, { cause: error });
  throw error;
}

/**
 * Throws an error of the driver without what it carries along: a failed write has its documents in it, and errors are logged. Anything
 * else as it is.
 */
export function withoutContent(error: unknown): never {
  if (!(error instanceof MongoError)) throw error;
  const { code, codeName } = error as { code?: unknown; codeName?: unknown };
  throw new Error(['MongoDB', error.name, code, codeName].filter((part) => part !== undefined).join(' '));
}

/** The index into what was written of the first one whose key was taken: those before it are written. Null: another error. */
export function duplicateAt(error: unknown): number | null {
  if (!(error instanceof MongoBulkWriteError) || unconfirmed(error)) return null;
  const [first] = errorsOf(error);
  return first?.code === DUPLICATE_KEY ? first.index : null;
}

/** Whether all that failed of an unordered bulk write failed by a key that was taken. */
export function onlyDuplicates(error: unknown): boolean {
  if (!(error instanceof MongoBulkWriteError) || unconfirmed(error)) return false;
  const errors = errorsOf(error);
  return errors.length > 0 && errors.every(({ code }) => code === DUPLICATE_KEY);
}

/** What was written was written by the primary alone, so far as is known: it may be rolled back. */
function unconfirmed(error: MongoBulkWriteError): boolean {
  return error.result?.getWriteConcernError() !== undefined;
}

function errorsOf(error: MongoBulkWriteError): { code: number; index: number }[] {
  return [error.writeErrors ?? []].flat().map(({ code, index }) => ({ code, index }));
}
