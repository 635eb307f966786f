import { randomUUID } from 'node:crypto';
import type { DeadLetter, Webhook } from './store.ts';

export const sampleWebhook = (fields: Partial<Webhook> = {}): Webhook => ({
  id: randomUUID(),
  owner: randomUUID(),
  conversation: randomUUID(),
  url: 'https://example.org/hook',
  events: ['message'],
  secret: 'whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz',
  formerSecret: null,
  paused: null,
  failures: 0,
  failingSince: null,
  createdAt: 1_000,
  ...fields,
});

export const sampleLetter = (webhook: string, fields: Partial<DeadLetter> = {}): DeadLetter => ({
  id: randomUUID(),
  webhook,
  stream: randomUUID(),
  seq: 1,
  type: 'message',
  attempts: 3,
  status: 500,
  reason: 'status',
  failedAt: 1_000,
  replaying: false,
  ...fields,
});
