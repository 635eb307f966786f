import { otherRoutes, type Route } from '../../../protocol/http.ts';
import type { Readiness } from '../parts.ts';
import type { Handler } from './handler.ts';

/** Asked by those who keep the server running: not limited, and answered to the end. */
export function isHealth(route: Route | undefined): boolean {
  return route === otherRoutes.livez || route === otherRoutes.readyz;
}

export function healthHandlers(ready: Readiness): Record<'livez' | 'readyz', Handler> {
  return {
    livez: async (_request, reply) => reply.send({ alive: true }),
    async readyz(_request, reply) {
      const state = ready();
      return reply.code(state.ready ? 200 : 503).send(state);
    },
  };
}
