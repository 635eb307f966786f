import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Config } from '../../platform/config/schema.ts';
import type { Logger } from '../../platform/logging.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { Readiness } from './parts.ts';

export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

interface Page {
  status: number;
  type: string;
  text: string;
}

/** Metrics and health on an address of their own, from before the server is ready until after it has drained. */
export async function startMetricsServer(parts: {
  config: Config;
  metrics: Pick<Metrics, 'page'>;
  ready: Readiness;
  logger: Logger;
}): Promise<MetricsServer> {
  const { config, metrics, ready, logger } = parts;
  const json = (status: number, value: object): Page => ({
    status,
    type: 'application/json; charset=utf-8',
    text: JSON.stringify(value),
  });
  const pages: Record<string, () => Page | Promise<Page>> = {
    '/metrics': async () => ({ status: 200, ...(await metrics.page()) }),
    '/livez': () => json(200, { alive: true }),
    '/readyz': () => {
      const state = ready();
      return json(state.ready ? 200 : 503, state);
    },
  };

  async function answer(request: IncomingMessage): Promise<Page> {
    const path = (request.url ?? '').split('?', 1)[0]!;
    if (!Object.hasOwn(pages, path)) return json(404, { code: 'not_found' });
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return json(405, { code: 'method_not_allowed' });
    return pages[path]!();
  }

  const server = createServer((request, response: ServerResponse) => {
    answer(request)
      .catch((error: unknown) => {
        logger.error({ err: error }, 'metrics could not be collected');
        return json(500, { code: 'internal' });
      })
      .then(({ status, type, text }) => {
        response.writeHead(status, {
          'content-type': type,
          'cache-control': 'no-store',
          'x-content-type-options': 'nosniff',
          ...(status === 405 ? { allow: 'GET, HEAD' } : {}),
        });
        response.end(request.method === 'HEAD' ? undefined : text);
      });
  });
  server.listen(config.metrics.port, config.metrics.host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
