import Type from 'typebox';
import { choice, count, group, text } from '../fields.ts';

export const data = group('Where things are kept', {
  folder: text('./data', 'the folder of databases and keys; one server at a time'),
});

export const serve = group('What this process does', {
  role: Type.Array(choice(['all', 'broker', 'messages', 'gateway', 'webhooks', 'push'], 'all', 'a role'), {
    default: ['all'],
    minItems: 1,
    maxItems: 10,
    description:
      'broker: MQTT and delivery; messages: numbers and stores what was accepted; gateway: HTTP; webhooks: tells other servers; push: notifies devices that are not connected. Any mix; less than all of them needs all of `engines`',
  }),
});

export const log = group('Logging', {
  level: choice(
    ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
    'info',
    'the least that is logged',
  ),
});

export const shutdown = group('Shutdown', {
  drainSeconds: count(10, 'seconds that a graceful shutdown may take'),
});
