import type { ChangeType, CommandOf, QueryType } from '../../protocol/commands.ts';
import type { AnyEvent } from '../../protocol/events.ts';
import type { AnswerOf } from './answers.ts';

/** What a command says, without what the client fills in. */
export type Fields<T extends ChangeType | QueryType | 'receipt.read'> = Omit<
  CommandOf<T>,
  'v' | 'id' | 'type'
>;

/** A change that has been handed over. */
export interface Sent {
  id: string;
  /** Resolves at the PUBACK: durable on the server. Stays pending while offline. */
  accepted: Promise<void>;
  /** The event it made. @throws {RefusedError} */
  outcome: Promise<AnyEvent>;
}

/** Who asks the server, as one of a user’s devices. */
export interface Asks {
  readonly user: string;
  readonly device: string;
  /** @throws {RefusedError}, or an Error when offline or unanswered */
  query<T extends QueryType>(type: T, fields: Fields<T>): Promise<AnswerOf<T>>;
}
