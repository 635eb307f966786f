import { Refused } from '../../../protocol/errors.ts';
import {
  ReplayBody,
  type WebhookAnswer,
  WebhookBody,
  WebhookUpdateBody,
  webhookRoutes,
} from '../../../protocol/http/webhooks.ts';
import { readCursor, writeCursor } from '../../messages/queries/page-cursor.ts';
import type { DeadLetter, Webhook } from '../../webhooks/outgoing/store.ts';
import type { GatewayParts } from '../parts.ts';
import { asFields, checkOf, fromText, refuseUnknown } from './fields.ts';
import { actorOf, type Handler } from './handler.ts';

type Names =
  | 'createWebhook'
  | 'listWebhooks'
  | 'listWebhooksIn'
  | 'updateWebhook'
  | 'rotateWebhook'
  | 'removeWebhook'
  | 'listFailures'
  | 'replayFailures';

const PAGE = 50;

/** Outgoing webhooks. */
export function webhookHandlers(webhooks: GatewayParts['webhooks']): Record<Names, Handler> {
  const { listFailures } = webhookRoutes;
  const creation = checkOf(WebhookBody);
  const changes = checkOf(WebhookUpdateBody);
  const replay = checkOf(ReplayBody);
  const one = checkOf(webhookRoutes.updateWebhook.params);
  const inConversation = checkOf(webhookRoutes.listWebhooksIn.params);
  const query = checkOf(listFailures.query);
  return {
    async createWebhook(request, reply) {
      const { url, conversation = null, all, events = ['message'] } = creation(request.body);
      if ((conversation === null) !== (all === true))
        throw new Refused('bad_request', '/conversation: one conversation, or all of them');
      const made = await webhooks.create(actorOf(request).user, { url, conversation, events });
      return reply.code(201).send(withSecret(made));
    },
    async listWebhooks(request, reply) {
      const list = await webhooks.list(actorOf(request).user);
      return reply.send({ webhooks: list.map(answer) });
    },
    async listWebhooksIn(request, reply) {
      const { user } = actorOf(request);
      const list = await webhooks.listIn(user, inConversation(request.params).conversation);
      // What is behind the origin is often a secret of the receiver's.
      const shown = (one: Webhook) => (one.owner === user ? one : { ...one, url: new URL(one.url).origin });
      return reply.send({ webhooks: list.map((one) => answer(shown(one))) });
    },
    async updateWebhook(request, reply) {
      const asked = changes(request.body);
      const changed = await webhooks.update(actorOf(request).user, one(request.params).webhook, asked);
      return reply.send(answer(changed));
    },
    async rotateWebhook(request, reply) {
      refuseUnknown(null, asFields(request.body));
      const rotated = await webhooks.rotate(actorOf(request).user, one(request.params).webhook);
      return reply.code(201).send(withSecret(rotated));
    },
    async removeWebhook(request, reply) {
      refuseUnknown(null, asFields(request.body));
      await webhooks.remove(actorOf(request).user, one(request.params).webhook);
      return reply.code(204).send();
    },
    async listFailures(request, reply) {
      const { limit = PAGE, cursor } = query(fromText(listFailures.query, asFields(request.query)));
      const before = placeIn(cursor);
      const page = await webhooks.failures(actorOf(request).user, one(request.params).webhook, before, limit);
      const last = page.length < limit ? undefined : page.at(-1);
      const next = last === undefined ? null : writeCursor([last.failedAt, last.id]);
      return reply.send({ failures: page.map(onTheWire), next });
    },
    async replayFailures(request, reply) {
      const { failures = null } = replay(request.body);
      const replaying = await webhooks.replay(actorOf(request).user, one(request.params).webhook, failures);
      return reply.code(202).send({ replaying });
    },
  };
}

function placeIn(cursor: string | undefined): { failedAt: number; id: string } | null {
  if (cursor === undefined) return null;
  const [failedAt, id] = readCursor(cursor, ['number', 'string']) as [number, string];
  return { failedAt, id };
}

function onTheWire({ webhook: _, stream, failedAt, ...letter }: DeadLetter) {
  return { ...letter, conversation: stream, failed: failedAt };
}

function answer(webhook: Webhook): WebhookAnswer {
  const { id, owner, conversation, url, events, paused, failingSince, createdAt } = webhook;
  return { id, owner, conversation, url, events, paused, failing_since: failingSince, created: createdAt };
}

function withSecret(webhook: Webhook) {
  return { ...answer(webhook), secret: webhook.secret };
}
