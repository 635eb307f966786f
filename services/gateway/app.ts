import Fastify from 'fastify';
import { uuidv7 } from 'uuidv7';
import { commandRoutes, type Route, routes } from '../../protocol/http.ts';
import { mediaOrigins } from '../media/origins.ts';
import type { App } from './fastify.ts';
import { InFlight } from './in-flight.ts';
import type { GatewayParts } from './parts.ts';
import { authentication } from './plugins/authentication.ts';
import { draining } from './plugins/draining.ts';
import { formBodies, takesForm } from './plugins/form-body.ts';
import { jsonBodies } from './plugins/json-body.ts';
import { answerBadBytes, problems } from './plugins/problems.ts';
import { rateLimit } from './plugins/rate-limit.ts';
import { requestLog } from './plugins/request-log.ts';
import { securityHeaders } from './plugins/security-headers.ts';
import { requestTimeout, streamedBodies } from './plugins/streamed-bodies.ts';
import { webApp } from './plugins/web-app.ts';
import { commandHandler } from './routes/command.ts';
import type { Handler } from './routes/handler.ts';
import { otherHandlers } from './routes/handlers.ts';
import { isHealth } from './routes/health.ts';

/** Milliseconds until the head, and the whole, of a request must have come. */
const HEAD_MS = 15_000;
const REQUEST_MS = 30_000;
const HEADER_BYTES = 16_384;

/** The routes of the contract with what surrounds them; listens nowhere. */
export async function buildApp(parts: GatewayParts, inFlight = new InFlight()): Promise<App> {
  const app = Fastify({
    // The framework would log URLs, and in them what people search for: request-log.ts logs.
    logger: false,
    bodyLimit: parts.config.limits.packetBytes,
    genReqId: () => uuidv7(),
    requestIdHeader: false,
    return503OnClosing: false,
    frameworkErrors: (_error, _request, reply) => answerBadBytes(reply.raw),
    clientErrorHandler: (_error, socket) => answerBadBytes(socket),
    http: {
      headersTimeout: HEAD_MS,
      maxHeaderSize: HEADER_BYTES,
      // Clients that offer h2c with an ordinary request get an ordinary answer.
      shouldUpgradeCallback: (request) => request.headers.upgrade?.toLowerCase() === 'websocket',
    },
  });
  app.decorateRequest('address', '');
  app.decorateRequest('actor', null);
  app.decorateRequest('admin', false);
  app.decorateRequest('command', null);
  app.decorateRequest('refusedWith', null);

  // The order matters: what is refused early is counted, logged and has the headers all the same.
  problems(app, parts);
  requestLog(app, parts);
  securityHeaders(app, parts.config);
  draining(app, inFlight);
  rateLimit(app, parts);
  authentication(app, parts);
  jsonBodies(app);
  requestTimeout(app, REQUEST_MS);
  if (parts.webApp !== undefined && parts.api !== false)
    await webApp(app, parts.webApp, mediaOrigins(parts.config));

  const handlers: Record<string, Handler> = { ...otherHandlers(parts) };
  for (const [name, route] of Object.entries(commandRoutes)) handlers[name] = commandHandler(route, parts);
  const serve = (to: App, wanted: (route: Route) => boolean) => {
    for (const [name, route] of Object.entries(routes)) {
      if ((parts.api === false && !isHealth(route)) || !wanted(route)) continue;
      to.route({
        method: route.method,
        url: route.path.replaceAll(/\{(\w+)\}/g, ':$1'),
        config: { route },
        handler: handlers[name]!,
      });
    }
  };
  serve(app, ({ stream }) => stream === undefined);
  await app.register(async (streamed) => {
    await streamedBodies(streamed);
    serve(streamed, (route) => route.stream !== undefined && !takesForm(route));
  });
  await app.register(async (forms) => {
    formBodies(forms);
    serve(forms, takesForm);
  });
  await app.ready();
  return app;
}
