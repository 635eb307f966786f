import { retryHint } from '../../../platform/retry-hint.ts';
import { Refused } from '../../../protocol/errors.ts';
import type { App } from '../fastify.ts';
import type { InFlight } from '../in-flight.ts';
import { isHealth } from '../routes/health.ts';

/** About how long it takes until another process, or this one again, is there. */
const RETRY_MS = 2_000;

/** Counts requests, so that a shutdown can wait for them; refuses those that come after its beginning. */
export function draining(app: App, inFlight: InFlight): void {
  app.addHook('onRequest', async (request, reply) => {
    inFlight.enter();
    // `close` comes once, whether the answer was sent or the client went away.
    reply.raw.once('close', () => inFlight.leave());
    if (!inFlight.closed) return;
    reply.header('connection', 'close');
    if (!isHealth(request.routeOptions.config.route))
      throw new Refused('draining', undefined, retryHint(RETRY_MS));
  });
}
