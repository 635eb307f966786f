import type { Config } from '../../platform/config/schema.ts';

/** Milliseconds where the name says so. */
export interface WebhookSettings {
  hooksPerConversation: number;
  postsPerMinute: number;
  perOwner: number;
  /** Requests under way at once, of this process, and of one webhook. */
  atOnce: number;
  atOncePerWebhook: number;
  timeoutMs: number;
  attempts: number;
  retryMinMs: number;
  retryMaxMs: number;
  /** After how long without a success a webhook is paused. */
  pauseAfterMs: number;
  failuresKept: number;
  failureDaysMs: number;
  /** How long a former secret signs as well. */
  rotationMs: number;
}

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export function webhookSettings({ webhooks }: Pick<Config, 'webhooks'>): WebhookSettings {
  return {
    hooksPerConversation: webhooks.hooksPerConversation,
    postsPerMinute: webhooks.postsPerMinute,
    perOwner: webhooks.perOwner,
    atOnce: webhooks.atOnce,
    atOncePerWebhook: webhooks.atOncePerWebhook,
    timeoutMs: webhooks.timeoutSeconds * SECOND_MS,
    attempts: webhooks.attempts,
    retryMinMs: webhooks.retryMinSeconds * SECOND_MS,
    retryMaxMs: webhooks.retryMaxSeconds * SECOND_MS,
    pauseAfterMs: webhooks.pauseHours * HOUR_MS,
    failuresKept: webhooks.failuresKept,
    failureDaysMs: webhooks.failureDays * DAY_MS,
    rotationMs: webhooks.rotationHours * HOUR_MS,
  };
}
