import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refused } from '../../../protocol/errors.ts';
import type { Actor } from '../../actor.ts';

export type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

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
