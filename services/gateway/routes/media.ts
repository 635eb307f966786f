import type { FastifyReply, FastifyRequest } from 'fastify';
import { mediaRoutes } from '../../../protocol/http/media.ts';
import type { MediaService } from '../../media/index.ts';
import { answerOf } from '../../media/library.ts';
import type { TusRequest } from '../../media/resumable/tus.ts';
import type { Variant } from '../../media/signing.ts';
import { receiving } from '../plugins/streamed-bodies.ts';
import { asFields, checkOf, fromText, refuseUnknown } from './fields.ts';
import { actorOf, type Handler } from './handler.ts';
import { readForm } from './media-form.ts';
import { sendPiece } from './media-piece.ts';

type Names = keyof typeof mediaRoutes;

/** Uploading and fetching files. */
export function mediaHandlers(media: MediaService): Record<Names, Handler> {
  const { library, tus } = media;
  const { describeMedia, mediaContent, continueUpload } = mediaRoutes;
  const one = checkOf(describeMedia.params);
  const upload = checkOf(continueUpload.params);
  const signed = checkOf(mediaContent.query);

  const piece =
    (variant: Variant): Handler =>
    async (request, reply) => {
      const { signature, user, expires } = signed(fromText(mediaContent.query, asFields(request.query)));
      const grant = { media: one(request.params).media, variant, user, expires };
      return sendPiece(media, request, reply, grant, await library.open(grant, signature));
    };

  /** One request of tus; while bytes come it counts as an upload. */
  async function byTus(
    method: TusRequest['method'],
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    const { user } = actorOf(request);
    const id = request.routeOptions.config.route?.params === null ? null : upload(request.params).upload;
    const asked = { method, upload: id, headers: textHeaders(request), body: request.raw };
    reply.headers(tus.headers);
    const { status, headers } = await receiving(request, reply, media, () => tus.handle(user, asked));
    return reply.code(status).headers(headers).send();
  }

  return {
    async uploadMedia(request, reply) {
      const { user } = actorOf(request);
      const made = await receiving(request, reply, media, () => readForm(media, request, user));
      return reply.code(201).send(answerOf(made));
    },
    async mediaQuota(request, reply) {
      return reply.send(await library.quota(actorOf(request).user));
    },
    createUpload: (request, reply) => byTus('POST', request, reply),
    continueUpload: (request, reply) => byTus('PATCH', request, reply),
    async endUpload(request, reply) {
      refuseUnknown(null, asFields(request.body));
      return byTus('DELETE', request, reply);
    },
    async uploadState(request, reply) {
      if (request.method === 'HEAD') return byTus('HEAD', request, reply);
      return reply.send(await tus.state(actorOf(request).user, upload(request.params).upload));
    },
    async describeMedia(request, reply) {
      return reply.send(await library.describe(actorOf(request).user, one(request.params).media));
    },
    async removeMedia(request, reply) {
      refuseUnknown(null, asFields(request.body));
      await library.remove(actorOf(request).user, one(request.params).media);
      return reply.code(204).send();
    },
    mediaContent: piece('content'),
    mediaThumbnail: piece('thumbnail'),
  };
}

function textHeaders({ headers }: FastifyRequest): Record<string, string> {
  const text: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) if (typeof value === 'string') text[name] = value;
  return text;
}
