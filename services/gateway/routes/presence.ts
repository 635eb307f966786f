import { Refused } from '../../../protocol/errors.ts';
import { otherRoutes } from '../../../protocol/http.ts';
import type { GatewayParts } from '../parts.ts';
import { checkOf } from './fields.ts';
import { actorOf, type Handler } from './handler.ts';

/** As over MQTT: who may not see it is refused; what of it one may not see is absent. */
export function presenceHandler({
  accounts,
  presence,
}: Pick<GatewayParts, 'accounts' | 'presence'>): Handler {
  const check = checkOf(otherRoutes.presence.params);
  return async (request, reply) => {
    const viewer = actorOf(request).user;
    const { user } = check(request.params);
    if (!(await accounts.relations.exists(user))) throw new Refused('user_not_found');
    const may =
      viewer === user
        ? { presence: true, lastSeen: true }
        : await accounts.visibility.mayObserve(viewer, user);
    if (!may.presence && !may.lastSeen) throw new Refused('forbidden');
    const lastSeen = may.lastSeen ? await accounts.lastSeen(user) : null;
    return reply.send({
      user,
      ...(may.presence ? { online: await presence(user) } : {}),
      ...(lastSeen === null ? {} : { last_seen: lastSeen }),
    });
  };
}
