import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refused } from '../../../protocol/errors.ts';
import type { OtherRouteName } from '../../../protocol/http.ts';
import type { Actor } from '../../actor.ts';
import type { GatewayParts } from '../parts.ts';
import { botHandlers } from './bots.ts';
import { documentHandlers } from './documents.ts';
import { healthHandlers } from './health.ts';
import { homeHandler } from './home.ts';
import { hookHandlers } from './hooks.ts';
import { inviteHandler } from './invite.ts';
import { mailHandlers } from './mail.ts';
import { mailPageHandlers } from './mail-pages.ts';
import { mediaHandlers } from './media.ts';
import { presenceHandler } from './presence.ts';
import { pushHandlers } from './push.ts';
import { reportHandlers } from './reports.ts';
import { signInHandlers } from './sign-in.ts';
import { vapidHandler } from './vapid.ts';
import { webhookHandlers } from './webhooks.ts';

export type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/** A handler for each route of the contract that is no command. */
export function otherHandlers(parts: GatewayParts): Record<OtherRouteName, Handler> {
  return {
    ...signInHandlers(parts.accounts),
    ...botHandlers(parts.accounts),
    ...healthHandlers(parts.ready),
    ...documentHandlers(),
    invite: inviteHandler(parts.accounts),
    ...reportHandlers(parts.reports),
    ...hookHandlers(parts),
    ...webhookHandlers(parts.webhooks),
    ...mediaHandlers(parts.media),
    ...mailHandlers(parts),
    ...mailPageHandlers(parts.mail),
    ...pushHandlers(parts),
    vapid: vapidHandler(parts),
    presence: presenceHandler(parts),
    home: homeHandler(parts.config),
  };
}

/** @throws {Refused} forbidden */
export function asAdministrator(request: FastifyRequest): Actor {
  if (!request.admin) throw new Refused('forbidden', 'administrators only');
  return actorOf(request);
}

/** Who is asking, on a route that needs a token. */
export function actorOf(request: FastifyRequest): Actor {
  // Set by authentication.ts, which refuses before a handler runs.
  if (request.actor === null) throw new Error('a route without authentication asked who is asking');
  return request.actor;
}
