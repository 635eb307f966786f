import { InvitationBody } from '../../../protocol/http.ts';
import type { Administration } from '../../accounts/accounts.ts';
import { checkOf } from './fields.ts';
import { asAdministrator, type Handler } from './handler.ts';

export function inviteHandler(accounts: Administration): Handler {
  const check = checkOf(InvitationBody);
  return async (request, reply) => {
    const { user } = asAdministrator(request);
    const { admin = false } = check(request.body);
    const { code, expiresAt } = await accounts.invite(user, admin);
    return reply.code(201).send({ code, expires: expiresAt });
  };
}
