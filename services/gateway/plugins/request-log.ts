import type { App } from '../fastify.ts';
import type { GatewayParts } from '../parts.ts';

/** Routes that machines ask all the time. */
const QUIET = new Set(['/livez', '/readyz']);

/**
 * One line and one sample a request. The route stands for the path, as paths and queries hold ids and what people search
 * for; headers and bodies are never logged.
 */
export function requestLog(app: App, { logger, metrics }: Pick<GatewayParts, 'logger' | 'metrics'>): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });

  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.config.route?.path ?? 'none';
    metrics.http_requests_total.labels(route, String(reply.statusCode)).inc();
    metrics.http_seconds.labels(route).observe(reply.elapsedTime / 1_000);
    const level = QUIET.has(route) ? 'debug' : 'info';
    logger[level](
      {
        request: request.id,
        method: request.method,
        route,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
        ip: request.address,
        ...(request.actor ?? {}),
        ...(request.command === null ? {} : { command: request.command }),
        ...(request.refusedWith === null ? {} : { code: request.refusedWith }),
      },
      'request',
    );
  });
}
