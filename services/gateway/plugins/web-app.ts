import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyRequest } from 'fastify';
import type { App } from '../fastify.ts';

/**
 * What the app may do, and nothing else: scripts, styles and pictures of this server, and no other; no script or style in the page, and
 * none made of text (Trusted Types: the one policy `dunlin` makes workers of our own files). Pictures have no `https:`: one from elsewhere
 * would tell elsewhere who looks, and when; but for where the operator keeps files. Sign-in tokens are where scripts can read them (clients/web/host/host.ts): this is what
 * keeps others' scripts out.
 */
const policyWith = (files: string) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src 'self' blob: data:${files}`,
    `media-src 'self' blob:${files}`,
    `connect-src 'self'${files}`,
    "worker-src 'self'",
    "manifest-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "require-trusted-types-for 'script'",
    'trusted-types dunlin',
  ].join('; ');

/** A camera reads invitations, a microphone takes voice messages, when somebody says so; the rest is nobody's. */
const permissions = [
  'camera=(self)',
  'microphone=(self)',
  ...[
    'accelerometer',
    'browsing-topics',
    'display-capture',
    'geolocation',
    'gyroscope',
    'hid',
    'magnetometer',
  ],
  ...['midi', 'payment', 'serial', 'usb', 'xr-spatial-tracking'],
]
  .map((feature) => (feature.includes('=') ? feature : `${feature}=()`))
  .join(', ');

const headers = {
  'permissions-policy': permissions,
  'cross-origin-opener-policy': 'same-origin',
} as const;

const INDEX = 'index.html';
/** Their names have a hash of what is in them: what was there once is there for good. */
const HASHED = /^assets\/[\w-]+(\.[\w-]+)+$/;
const OTHERS = /^(icons\/[\w-]+\.(svg|png)|sw\.js|manifest\.webmanifest)$/;
/** Places in the app (clients/web/app/router.ts), which are all the one page. */
const PAGES = /^\/(app|invite|u)\/./;

/**
 * Serves the web app from a folder: only what is in it, only on paths that are no route of the contract, and `GET /` to those who ask for
 * HTML. A build that appears, or is replaced, is served from then on.
 * @param fileOrigins where files of people are fetched, beside here
 */
export async function webApp(app: App, folder: string, fileOrigins: readonly string[] = []): Promise<void> {
  const policy = policyWith(fileOrigins.map((origin) => ` ${origin}`).join(''));
  await app.register(fastifyStatic, {
    root: folder,
    serve: false,
    preCompressed: true,
    cacheControl: false,
    dotfiles: 'deny',
    index: false,
  });
  app.addHook('onRequest', async (request, reply) => {
    const file = fileFor(request);
    if (file === null || !(await isFile(join(folder, file)))) return;
    reply.headers(headers).header('content-security-policy', policy);
    reply.header('cache-control', HASHED.test(file) ? 'public, max-age=31536000, immutable' : 'no-cache');
    return reply.sendFile(file);
  });
}

function fileFor(request: FastifyRequest): string | null {
  if (request.method !== 'GET' && request.method !== 'HEAD') return null;
  const path = request.url.split('?', 1)[0]!;
  if (path === '/') return wantsHtml(request) ? INDEX : null;
  if (request.routeOptions.config.route !== undefined) return null;
  if (PAGES.test(path)) return wantsHtml(request) ? INDEX : null;
  const file = path.slice(1);
  return HASHED.test(file) || OTHERS.test(file) ? file : null;
}

/** Browsers name it; what takes anything, and names nothing, is no browser. */
const wantsHtml = ({ headers: { accept } }: FastifyRequest): boolean =>
  accept?.includes('text/html') ?? false;

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
