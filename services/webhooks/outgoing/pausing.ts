import { uuidv7 } from 'uuidv7';
import type { Logger } from '../../../platform/logging.ts';
import type { Metrics } from '../../../platform/metrics.ts';
import { VERSION } from '../../../protocol/commands.ts';
import { Refused } from '../../../protocol/errors.ts';
import type { Pipeline } from '../../messages/pipeline.ts';
import type { Pause, Webhook, WebhookStore } from './store.ts';

/** Stops a webhook, and tells its owner, on all devices. */
export type PauseWebhook = (webhook: Webhook, why: Exclude<Pause, 'owner'>) => Promise<void>;

export function createPausing(parts: {
  store: Pick<WebhookStore, 'updateWebhook'>;
  pipeline: Pick<Pipeline, 'submit'>;
  logger: Logger;
  metrics?: Pick<Metrics, 'webhooks_paused_total'>;
}): PauseWebhook {
  const { store, pipeline, logger, metrics } = parts;
  return async ({ id, owner, conversation }, why) => {
    if (!(await store.updateWebhook(id, { paused: why }))) return;
    metrics?.webhooks_paused_total.labels(why).inc();
    logger.info({ webhook: id, why }, 'a webhook was paused');
    const of = conversation === null ? {} : { target: conversation };
    const command = {
      v: VERSION,
      id: uuidv7(),
      type: 'webhook.pause',
      webhook: id,
      reason: why,
      ...of,
    } as const;
    try {
      await pipeline.submit({ user: owner, device: id }, command, JSON.stringify(command));
    } catch (error) {
      // It is paused all the same, and says so when it is looked at.
      if (!(error instanceof Refused)) throw error;
      logger.warn(
        { webhook: id, code: error.refusal.code },
        'the owner of a paused webhook could not be told',
      );
    }
  };
}
