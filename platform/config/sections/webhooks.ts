import Type from 'typebox';
import { count, group, limit } from '../fields.ts';

export const webhooks = group('Webhooks', {
  hooksPerConversation: count(20, 'incoming webhooks of one conversation'),
  postsPerMinute: limit(120, 'posts a minute to one incoming webhook'),
  perOwner: count(100, 'outgoing webhooks of one user or bot'),
  atOnce: Type.Integer({
    minimum: 1,
    maximum: 10_000,
    default: 64,
    description: 'requests under way at once, one process',
  }),
  atOncePerWebhook: Type.Integer({
    minimum: 1,
    maximum: 1_000,
    default: 4,
    description: 'requests under way at once for one webhook, each of another conversation',
  }),
  timeoutSeconds: Type.Integer({
    minimum: 1,
    maximum: 300,
    default: 15,
    description: 'seconds until a receiver must have answered',
  }),
  attempts: count(12, 'attempts at one event until it is given up'),
  retryMinSeconds: count(5, 'seconds until the second attempt; twice as long each time after that'),
  retryMaxSeconds: count(3_600, 'seconds between two attempts at most, unless the receiver asks for more'),
  pauseHours: count(24, 'hours without a success after which a webhook is paused and its owner told'),
  failuresKept: count(1_000, 'events that were given up, kept of one webhook'),
  failureDays: count(30, 'days for which they are kept'),
  rotationHours: count(24, 'hours for which a former secret signs as well', 0),
});
