import Type from 'typebox';
import { Id } from '../ids.ts';
import { Scopes } from '../scopes.ts';
import { command } from './command.ts';
import { BotRate, Name, WebhookPause } from './fields.ts';

/**
 * Changes that the server makes of its own accord. They travel in the command log as the others do, so that they get their place among
 * them; from outside they are refused as unknown.
 */
export const serverChanges = {
  'device.add': command('device.add', 'A device has signed in.', { device: Id, name: Type.Optional(Name) }),
  'bot.update': command('bot.update', 'Its owner has changed what a bot may do.', {
    scopes: Type.Optional(Scopes),
    groups: Type.Optional(Type.Boolean()),
    paused: Type.Optional(Type.Boolean()),
    rate: Type.Optional(BotRate),
    deleted: Type.Optional(Type.Literal(true)),
  }),
  'webhook.pause': command('webhook.pause', 'A webhook could not go on.', {
    webhook: Id,
    reason: WebhookPause,
    target: Type.Optional(Id),
  }),
} as const;
