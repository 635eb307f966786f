import type { ServerAnswer } from '../../../protocol/http/server.ts';
import type { GatewayParts } from '../parts.ts';
import type { Handler } from './handler.ts';

/** Settings of the operator’s, which change with a restart. */
const SECONDS = 60;

export function serverHandler({ accounts, mail }: Pick<GatewayParts, 'accounts' | 'mail'>): Handler {
  const answer: ServerAnswer = { registration: accounts.registration, mail: mail.language !== null };
  return async (_request, reply) => reply.header('cache-control', `public, max-age=${SECONDS}`).send(answer);
}
