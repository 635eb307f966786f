import { Refused } from '../../../protocol/errors.ts';
import type { Relations } from '../accounts.ts';

/** The user exists and is not the one who asks. @throws {Refused} bad_request, user_not_found */
export async function checkAnother(relations: Relations, self: string, user: string): Promise<void> {
  if (user === self) throw new Refused('bad_request', '/user: yourself');
  if (!(await relations.exists(user))) throw new Refused('user_not_found', user);
}
