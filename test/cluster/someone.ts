import type { Account } from '../harness/account.ts';
import type { Chatter } from './chatter.ts';

/** One user with devices. */
export interface Someone {
  readonly account: Account;
  readonly devices: Chatter[];
}

export type Command = { id: string; type: string } & Record<string, unknown>;

/** Those who chat, as far as what goes on beside it has to know them. */
export interface Chatting {
  readonly people: readonly Someone[];
  /** False: nobody begins anything new. */
  readonly chatting: boolean;
  /** Nobody waits for anything any more. */
  readonly disposed: boolean;
  /** In the order in which they were sent first. */
  readonly sent: ReadonlySet<string>;
  /** Sends it until it was accepted; false: it never can be, or nobody waits any more. */
  does(someone: Someone, command: Command): Promise<boolean>;
}
