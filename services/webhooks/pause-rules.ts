import { ownChange } from '../accounts/rules/own-stream.ts';
import type { ChangeRules } from '../messages/pipeline.ts';

/** A webhook has been paused: made by the server, so that its owner hears of it. */
export function webhookRules(): ChangeRules[] {
  const paused = ownChange({
    type: 'webhook.pause',
    event: 'webhook.paused',
    fields: ({ webhook, reason, target }) => ({ webhook, reason, target }),
    // The webhook is paused already: this only says so.
    apply: async () => {},
  });
  return [paused] as ChangeRules[];
}
