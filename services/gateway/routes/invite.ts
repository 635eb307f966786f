import { Refused } from '../../../protocol/errors.ts';
import { InvitationBody } from '../../../protocol/http.ts';
import type { Administration } from '../../accounts/accounts.ts';
import { checkOf } from './fields.ts';
import { actorOf, type Handler } from './handler.ts';

export function inviteHandler(accounts: Administration): Handler {
  const check = checkOf(InvitationBody);
  return async (request, reply) => {
    const { user } = actorOf(request);
    if (!request.admin) throw new Refused('forbidden', 'administrators only');
    const { admin = false } = check(request.body);
    const { code, expiresAt } = await accounts.invite(user, admin);
    return reply.code(201).send({ code, expires: expiresAt });
  };
}
