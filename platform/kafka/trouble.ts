import { findErrorBy, GenericError, MultipleErrors, NetworkError, protocolErrors } from '@platformatic/kafka';

/** What repeating cannot mend: it says that the record, not the server, is the matter. */
const OURS = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD', 'CORRUPT_MESSAGE'];
/** Answers to a member that the group no longer counts on, or not in this generation. */
const FENCED = [
  'UNKNOWN_MEMBER_ID',
  'ILLEGAL_GENERATION',
  'REBALANCE_IN_PROGRESS',
  'FENCED_INSTANCE_ID',
] as const;

/** Whether Kafka does not answer, or not now. */
export function isTrouble(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const known = error instanceof GenericError || error instanceof MultipleErrors;
  return known && !OURS.some((id) => findErrorBy(error, 'apiId', id) !== null);
}

/**
 * Why, in a line: the client wraps what an operator can do something about (a password, an authority, a port) into errors that say only
 * that it did not work. Of several brokers what the last one said.
 */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const inner = error instanceof MultipleErrors ? error.errors.at(-1) : error.cause;
  if (!(inner instanceof Error)) return error.message;
  const why = reasonOf(inner);
  // Which broker it was is worth a word, that there was none is not.
  return error instanceof NetworkError ? `${error.message.replace(/\.$/, '')}: ${why}` : why;
}

/** Whether a member was told that it is none, or that the partitions are being dealt anew. */
export const isFenced = (error: unknown): boolean => FENCED.some((id) => hasCode(error, id));

/** Whether Kafka answered with this code, however often it was wrapped on its way here. */
export function hasCode(error: unknown, id: string): boolean {
  for (let at = error; at instanceof Error; at = at.cause)
    if (findErrorBy(at, 'apiId', id) !== null) return true;
  return false;
}

/** What fails because we ourselves have closed the connection says nothing about Kafka: it is no {@link isTrouble}. */
export async function unlessStopped<T>(stopping: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw stopping.aborted ? new Error('stopped', { cause: error }) : error;
  }
}

export const OFFSET_OUT_OF_RANGE = protocolErrors.OFFSET_OUT_OF_RANGE!.code;
