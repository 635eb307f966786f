import { Refused } from '../../../protocol/errors.ts';
import type { GatewayParts } from '../parts.ts';
import type { Handler } from './handler.ts';

/** Asked for at each start of an app, and another one only where an operator has changed it. */
const SECONDS = 300;

export function vapidHandler({ vapidKey }: Pick<GatewayParts, 'vapidKey'>): Handler {
  return async (_request, reply) => {
    if (vapidKey === undefined) throw new Refused('not_found');
    return reply.header('cache-control', `public, max-age=${SECONDS}`).send({ public_key: vapidKey });
  };
}
