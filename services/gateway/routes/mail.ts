import { Refused } from '../../../protocol/errors.ts';
import {
  type Account,
  type AccountEmail,
  EmailBody,
  EmailChoices,
  LinkBody,
  ResetBody,
  ResetConfirmBody,
} from '../../../protocol/http/mail.ts';
import type { MailAddress } from '../../mail/store.ts';
import type { GatewayParts } from '../parts.ts';
import { asFields, checkOf, refuseUnknown } from './fields.ts';
import { actorOf, type Handler } from './handler.ts';

type Names =
  | 'account'
  | 'setEmail'
  | 'updateEmail'
  | 'removeEmail'
  | 'verifyEmail'
  | 'requestReset'
  | 'confirmReset';

/** Mail addresses and forgotten passwords, for programs. */
export function mailHandlers({
  mail,
  accounts,
}: Pick<GatewayParts, 'mail' | 'accounts'>): Record<Names, Handler> {
  const address = checkOf(EmailBody);
  const choices = checkOf(EmailChoices);
  const link = checkOf(LinkBody);
  const reset = checkOf(ResetBody);
  const confirmation = checkOf(ResetConfirmBody);
  return {
    async account(request, reply) {
      const { user } = actorOf(request);
      const account: Account = {
        user,
        username: await accounts.usernameOf(user),
        mail: mail.language !== null,
        ...answer(await mail.own(user)),
      };
      return reply.send(account);
    },
    async setEmail(request, reply) {
      const { email, password } = address(request.body);
      const set = await mail.setAddress(actorOf(request), email, password, request.address);
      return reply.code(202).send(answer(set));
    },
    async updateEmail(request, reply) {
      return reply.send(answer(await mail.setChoices(actorOf(request).user, choices(request.body))));
    },
    async removeEmail(request, reply) {
      refuseUnknown(null, asFields(request.body));
      await mail.removeAddress(actorOf(request).user);
      return reply.code(204).send();
    },
    async verifyEmail(request, reply) {
      await mail.verify(link(request.body).token, request.address);
      return reply.code(204).send();
    },
    async requestReset(request, reply) {
      const { username, email } = reset(request.body);
      const typed = username ?? email;
      if (typed === undefined || (username !== undefined && email !== undefined))
        throw new Refused('bad_request', '/username: this, or an email');
      await mail.requestReset(typed, request.address);
      return reply.code(202).send({});
    },
    async confirmReset(request, reply) {
      const { token, new_password } = confirmation(request.body);
      await mail.confirmReset(token, new_password, request.address);
      return reply.code(204).send();
    },
  };
}

function answer(mail: MailAddress | null): AccountEmail {
  return {
    email: mail?.address ?? null,
    pending: mail?.pending ?? null,
    bouncing: mail?.bouncing ?? false,
    notices: mail?.notices ?? true,
    digests: mail?.digests ?? true,
    language: mail?.language ?? null,
  };
}
