import type { Static } from 'typebox';
import { changes } from './commands/changes.ts';
import { command } from './commands/command.ts';
import { queries } from './commands/queries.ts';
import type { serverChanges } from './commands/server-changes.ts';
import { Id, Sequence } from './ids.ts';

export { changes } from './commands/changes.ts';
export * from './commands/fields.ts';
export { queries } from './commands/queries.ts';
export { serverChanges } from './commands/server-changes.ts';
export { VERSION } from './version.ts';

/** Cursors: cumulative, kept as state and not as events. */
export const receiptCommands = {
  'receipt.read': command('receipt.read', 'Everything up to and including `seq` has been read.', {
    conversation: Id,
    seq: Sequence,
  }),
} as const;

export const commands = { ...changes, ...receiptCommands, ...queries } as const;

export type ChangeType = keyof typeof changes;
export type QueryType = keyof typeof queries;
export type CommandType = keyof typeof commands;
export type CommandOf<T extends CommandType> = Static<(typeof commands)[T]>;
export type Change = { [T in ChangeType]: CommandOf<T> }[ChangeType];
export type LoggedType = ChangeType | keyof typeof serverChanges;
export type LoggedOf<T extends LoggedType> = Static<(typeof changes & typeof serverChanges)[T]>;
/** What is in the command log. */
export type Logged = { [T in LoggedType]: LoggedOf<T> }[LoggedType];
export type Query = { [T in QueryType]: CommandOf<T> }[QueryType];
export type ReadReceipt = CommandOf<'receipt.read'>;
export type Command = Change | Query | ReadReceipt;

export const isChange = (type: string): type is ChangeType => Object.hasOwn(changes, type);
export const isQuery = (type: string): type is QueryType => Object.hasOwn(queries, type);
