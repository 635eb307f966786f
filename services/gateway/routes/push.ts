import { type PushAnswer, PushBody, pushRoutes } from '../../../protocol/http/push.ts';
import type { Registered } from '../../push/registry.ts';
import type { GatewayParts } from '../parts.ts';
import { asFields, checkOf, refuseUnknown } from './fields.ts';
import { actorOf, type Handler } from './handler.ts';

export function pushHandlers({ push }: Pick<GatewayParts, 'push'>): Record<keyof typeof pushRoutes, Handler> {
  const body = checkOf(PushBody);
  const params = checkOf(pushRoutes.putPush.params);
  return {
    async putPush(request, reply) {
      const { device } = params(request.params);
      return reply.send(answer(await push.put(actorOf(request), device, body(request.body))));
    },
    async getPush(request, reply) {
      return reply.send(answer(await push.get(actorOf(request), params(request.params).device)));
    },
    async removePush(request, reply) {
      refuseUnknown(null, asFields(request.body));
      await push.remove(actorOf(request), params(request.params).device);
      return reply.code(204).send();
    },
    async testPush(request, reply) {
      refuseUnknown(null, asFields(request.body));
      await push.test(actorOf(request), params(request.params).device);
      return reply.code(202).send();
    },
  };
}

function answer({ routes, sealed, last }: Registered): PushAnswer {
  return {
    routes: routes.map(({ kind, registeredAt }) => ({ kind, registered: registeredAt })),
    sealed,
    last:
      last === null
        ? null
        : {
            ...{ conversation: last.conversation, seq: last.seq, via: last.via, reason: last.reason },
            outcome: last.state === 'sending' ? 'waiting' : last.state,
            at: last.settledAt,
          },
  };
}
