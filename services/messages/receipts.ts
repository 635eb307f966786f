import type { Clock } from '../../platform/clock.ts';
import type { ReadReceipt } from '../../protocol/commands.ts';
import { Refused } from '../../protocol/errors.ts';
import type { Actor } from '../actor.ts';
import type { Memberships } from '../conversations/memberships.ts';
import type { Cursors } from './cursors.ts';
import type { History } from './history.ts';

/**
 * How far users have read. A block does not end it: what there is to read between the two was accepted before, and nothing is added.
 * Whoever reads has it: also what no device of theirs has acknowledged yet.
 */
export interface Receipts {
  /** Durable when it resolves. @throws {Refused} conversation_not_found, message_not_found */
  read(actor: Actor, command: ReadReceipt): Promise<void>;
  /** Called when a user has read further. */
  onRead(listener: (user: string, conversation: string, seq: number, at: number) => void): void;
}

export function createReceipts(parts: {
  cursors: Cursors;
  history: History;
  memberships: Memberships;
  clock: Clock;
}): Receipts {
  const { cursors, history, memberships, clock } = parts;
  const listeners: ((user: string, conversation: string, seq: number, at: number) => void)[] = [];
  return {
    async read(actor, { conversation, seq }) {
      if ((await memberships.role(actor.user, conversation)) === null)
        throw new Refused('conversation_not_found');
      const head = (await history.heads([conversation])).get(conversation)?.seq ?? 0;
      if (seq > head) throw new Refused('message_not_found', `the newest is ${head}`);
      const at = clock.now();
      if (!(await cursors.read(actor.user, conversation, seq, at))) return;
      for (const listener of listeners) listener(actor.user, conversation, seq, at);
    },
    onRead: (listener) => listeners.push(listener),
  };
}
