import { DatabaseError } from 'pg';

/** There was no answer: no connection, none in time, or it broke. Whether what was asked for was done is not known. */
export class NoAnswer extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'NoAnswer';
  }
}

/**
 * SQLSTATE (postgresql.org/docs/current/errcodes-appendix.html), whole or its class: connections (08), resources (53), the server goes or
 * comes (57P), its disk (58), it took too long (57014, 55P03, 25P03), it is a standby since a failover (25006).
 */
const TROUBLE = /^(08|53|57P|58|57014$|55P03$|25P03$|25006$)/;
/** Of these the connection does not recover, or leads to the wrong server. */
const BREAKS = /^(08|57P|25P03$|25006$)/;
/** Two transactions were in each other's way, and this one was undone: serialization_failure, deadlock_detected. */
const CONFLICT = /^(40001|40P01)$/;

/** Whether the server does not answer, or not now: the same may succeed later. For an `Engine`. */
export const isPostgresTrouble = (error: unknown): boolean =>
  error instanceof NoAnswer || TROUBLE.test(stateOf(error)) || isConflict(error);

/** Whether the transaction was undone for another's sake, and may be tried again at once. */
export const isConflict = (error: unknown): boolean => CONFLICT.test(stateOf(error));

export const breaksConnection = (error: unknown): boolean =>
  error instanceof NoAnswer || BREAKS.test(stateOf(error));

/** The SQLSTATE that the server answered; empty: it did not. */
export function stateOf(error: unknown): string {
  return error instanceof DatabaseError ? (error.code ?? '') : '';
}
