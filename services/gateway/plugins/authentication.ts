import { TokenBuckets } from '../../../platform/token-bucket.ts';
import { Refused } from '../../../protocol/errors.ts';
import { needOfRoute } from '../../../protocol/http.ts';
import type { App } from '../fastify.ts';
import type { GatewayParts } from '../parts.ts';

/** RFC 6750 §2.1: the scheme is case-insensitive (RFC 9110 §11.1), the token is of these characters. */
const BEARER = /^Bearer ([A-Za-z0-9._~+/-]{1,4096}=*)$/i;

/**
 * Who is asking, before the body is read. A route of the contract that does not say `none` needs a token; what is outside
 * the contract is answered as not found whoever asks. Then the commands of the user are counted, as over MQTT; and a bot is asked for its scopes.
 */
export function authentication(
  app: App,
  parts: Pick<GatewayParts, 'accounts' | 'config' | 'clock' | 'userRate'>,
): void {
  const { accounts, config, clock } = parts;
  const { commandsPerSecondUser, commandBurstUser } = config.limits;
  const buckets = parts.userRate ?? new TokenBuckets(commandsPerSecondUser, commandBurstUser, clock);
  app.addHook('onRequest', async (request) => {
    const { route } = request.routeOptions.config;
    if (route === undefined || route.auth === 'none') return;
    const token = BEARER.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined) throw new Refused('unauthenticated');
    const { user, device, admin, bot } = await accounts.authenticateBearer(token);
    request.actor = { user, device };
    request.admin = admin;
    const wait = bot === true ? accounts.bots.take(user) : buckets.take(user);
    if (wait > 0) throw new Refused('rate_limited', 'commands of this user', wait);
    if (bot === true) await accounts.bots.check(user, needOfRoute(route));
  });
}
