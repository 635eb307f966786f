import { type ErrorCode, Refused } from '../../../protocol/errors.ts';
import type { Relations } from '../../accounts/accounts.ts';
import type { ConversationStore } from '../store.ts';
import type { RuleParts } from './parts.ts';

/** Candidates looked up at once: up to a thousand come in one command, and others are waiting for the directory too. */
const AT_ONCE = 100;

/**
 * Everybody who is to be added exists, is not blocked with the one who adds, may be added, and has room for another group.
 * @throws {Refused} user_not_found, blocked, bot_not_for_groups, too_many_groups: of the first of `users` whom it concerns, with the id
 */
export async function checkCandidates(
  {
    relations,
    store,
    limits,
  }: Pick<RuleParts, 'relations' | 'limits'> & {
    store: Pick<ConversationStore, 'countGroupsOf'>;
  },
  by: string,
  users: readonly string[],
): Promise<void> {
  for (let i = 0; i < users.length; i += AT_ONCE) {
    const some = users.slice(i, i + AT_ONCE);
    const [groups, problems] = await Promise.all([
      store.countGroupsOf(some),
      Promise.all(some.map((user) => problemOf(relations, by, user))),
    ]);
    for (const [j, user] of some.entries()) {
      const code =
        problems[j] ?? ((groups.get(user) ?? 0) >= limits.groupsPerUser ? 'too_many_groups' : null);
      if (code !== null) throw new Refused(code, user);
    }
  }
}

async function problemOf(relations: Relations, by: string, user: string): Promise<ErrorCode | null> {
  if (!(await relations.exists(user))) return 'user_not_found';
  if (await relations.blocked(by, user)) return 'blocked';
  return (await relations.forGroups?.(user)) === false ? 'bot_not_for_groups' : null;
}
