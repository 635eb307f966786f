import {
  type BotAnswer,
  BotBody,
  type BotToken,
  BotTokenBody,
  BotUpdateBody,
  otherRoutes,
} from '../../../protocol/http.ts';
import { topics } from '../../../protocol/topics.ts';
import type { BotManagement, BotSignIn, OwnedBot } from '../../accounts/bots/bots.ts';
import { asFields, checkOf, fromText, refuseUnknown } from './fields.ts';
import { actorOf, type Handler } from './handler.ts';

type Names = 'createBot' | 'listBots' | 'updateBot' | 'rotateBotToken' | 'deleteBot';

export function botHandlers(accounts: BotManagement): Record<Names, Handler> {
  const { listBots, updateBot } = otherRoutes;
  const creation = checkOf(BotBody);
  const changes = checkOf(BotUpdateBody);
  const token = checkOf(BotTokenBody);
  const params = checkOf(updateBot.params);
  const query = checkOf(listBots.query);
  return {
    async createBot(request, reply) {
      const { username, name = null, scopes = [], groups = false } = creation(request.body);
      const made = await accounts.createBot(actorOf(request).user, { username, name, scopes, groups });
      return reply.code(201).send(withToken(made));
    },
    async listBots(request, reply) {
      const { user } = actorOf(request);
      const { owner = user } = query(fromText(listBots.query, request.query as Record<string, unknown>));
      return reply.send({ bots: (await accounts.botsOf(user, owner)).map(answer) });
    },
    async updateBot(request, reply) {
      const { bot } = params(request.params);
      return reply.send(answer(await accounts.updateBot(actorOf(request), bot, changes(request.body))));
    },
    async rotateBotToken(request, reply) {
      const { beside = false } = token(request.body);
      const { bot } = params(request.params);
      const made = await accounts.rotateBotToken(actorOf(request).user, bot, beside);
      return reply.code(201).send(withToken(made));
    },
    async deleteBot(request, reply) {
      refuseUnknown(null, asFields(request.body));
      await accounts.deleteBot(actorOf(request), params(request.params).bot);
      return reply.code(204).send();
    },
  };
}

function answer({ user, bot, devices }: OwnedBot): BotAnswer {
  const { owner, scopes, groups, paused, rate, createdAt } = bot;
  return {
    ...{ id: user.id, username: user.username, name: user.name },
    ...{ owner, scopes, groups, paused, rate, created: createdAt },
    devices: devices.map((device) => ({
      ...{ device: device.id, created: device.createdAt, last_seen: device.lastSeen },
    })),
  };
}

function withToken(signIn: BotSignIn): BotToken {
  const { user, device, token, expiresAt } = signIn;
  return {
    bot: answer(signIn),
    mqtt: {
      username: user.id,
      client_id: device.id,
      password: token,
      expires: expiresAt,
      websocket: '/ws',
      outbox: topics.outbox(user.id),
      inbox: topics.inbox(user.id),
      device_inbox: topics.deviceInbox(user.id, device.id),
      events: topics.events('+'),
    },
  };
}
