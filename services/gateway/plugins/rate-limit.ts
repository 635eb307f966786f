import { networkOf } from '../../../platform/network-of.ts';
import { TokenBuckets } from '../../../platform/token-bucket.ts';
import { Refused } from '../../../protocol/errors.ts';
import { clientAddress } from '../address.ts';
import type { App } from '../fastify.ts';
import type { GatewayParts } from '../parts.ts';
import { isHealth } from '../routes/health.ts';

/** Requests of one address: a minute’s worth at once, and so many a minute. Health is asked by those who keep us running. */
export function rateLimit(
  app: App,
  { config, clock, addressRate }: Pick<GatewayParts, 'config' | 'clock' | 'addressRate'>,
): void {
  const perMinute = config.limits.httpRequestsPerMinuteIp;
  const buckets = addressRate ?? new TokenBuckets(perMinute / 60, perMinute, clock);
  app.addHook('onRequest', async (request) => {
    request.address = clientAddress(request.raw, config.http.trustProxy);
    if (isHealth(request.routeOptions.config.route)) return;
    const wait = buckets.take(networkOf(request.address));
    if (wait > 0) throw new Refused('rate_limited', 'requests of this address', wait);
  });
}
