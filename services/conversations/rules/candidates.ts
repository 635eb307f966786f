import { Refused } from '../../../protocol/errors.ts';
import type { Relations } from '../../accounts/accounts.ts';

/** Everybody who is to be added exists, and nobody is blocked with the one who adds. @throws {Refused} user_not_found, blocked */
export async function checkCandidates(
  relations: Relations,
  by: string,
  users: readonly string[],
): Promise<void> {
  for (const user of users) {
    const exists = relations.exists(user);
    if (!(exists instanceof Promise ? await exists : exists)) throw new Refused('user_not_found', user);
    const blocked = relations.blocked(by, user);
    if (blocked instanceof Promise ? await blocked : blocked) throw new Refused('blocked', user);
  }
}
