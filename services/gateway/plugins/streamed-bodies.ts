import multipart from '@fastify/multipart';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { MediaService } from '../../media/index.ts';
import type { App } from '../fastify.ts';
import { actorOf } from '../routes/handler.ts';
import { answerBadBytes } from './problems.ts';

/** Bodies that are read as they come, by the handler: on these routes only. */
export async function streamedBodies(app: App): Promise<void> {
  await app.register(multipart, { throwFileSizeLimit: false });
  app.addContentTypeParser('application/offset+octet-stream', (_request, _payload, done) => done(null));
}

/**
 * The whole of a request must have come after a while, unless it is one of those: they may take as long as they take. Node counts for all
 * requests of a server alike, so we count.
 */
export function requestTimeout(app: App, milliseconds: number): void {
  app.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.config.route?.stream !== undefined) return;
    const { raw } = request;
    const timer = setTimeout(() => {
      if (raw.complete) return;
      if (reply.raw.headersSent) raw.socket.destroy();
      else answerBadBytes(raw.socket);
    }, milliseconds);
    reply.raw.once('close', () => clearTimeout(timer));
  });
}

/**
 * Runs what reads a body: as one of the user’s uploads, cut off when nothing comes for a while. When it fails, what else the client
 * sends is not waited for.
 * @throws {Refused} rate_limited, and what `work` refuses with
 */
export async function receiving<T>(
  request: FastifyRequest,
  reply: FastifyReply,
  media: Pick<MediaService, 'begin' | 'settings'>,
  work: () => Promise<T>,
): Promise<T> {
  const { socket } = request.raw;
  let end: (() => void) | null = null;
  try {
    end = media.begin(actorOf(request).user);
    // Of the connection: any byte begins it anew. What is done when all has come may take longer, and ends by itself.
    socket?.setTimeout?.(media.settings.idleMs);
    request.raw.once('end', () => socket?.setTimeout?.(0));
    return await work();
  } catch (error) {
    if (!request.raw.complete) reply.header('connection', 'close');
    throw error;
  } finally {
    socket?.setTimeout?.(0);
    end?.();
  }
}
