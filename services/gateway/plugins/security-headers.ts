import type { Config } from '../../../platform/config/schema.ts';
import type { App } from '../fastify.ts';

/** Nothing that is answered here is to be run, framed, guessed at or kept by a browser. The page says what it needs itself. */
const headers = {
  'content-security-policy':
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
} as const;

const YEAR_SECONDS = 31_536_000;

export function securityHeaders(app: App, { http }: Pick<Config, 'http'>): void {
  const all: Record<string, string> = { ...headers };
  if (http.publicUrl.startsWith('https:')) all['strict-transport-security'] = `max-age=${YEAR_SECONDS}`;
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(all);
  });
}
