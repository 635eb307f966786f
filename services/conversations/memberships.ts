import type { Role } from '../../protocol/commands.ts';
import type { Range } from '../messages/history.ts';

/** What delivery and topic rules need to know of conversations. Cached; the cache follows the event stream. */
export interface Memberships {
  /** The user's role now; null: not a member. Synchronous when cached. */
  role(user: string, conversation: string): Role | null | Promise<Role | null>;
  /** Every stream part that is delivered to the user, left conversations included. */
  delivered(user: string): Promise<{ conversation: string; ranges: Range[] }[]>;
  /** Current member ids. */
  members(conversation: string): Promise<ReadonlySet<string>>;
}

export type { Range };
