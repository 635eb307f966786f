import { uuidv7 } from 'uuidv7';
import type { Clock } from '../platform/clock.ts';
import { VERSION } from '../protocol/commands.ts';
import { Refused } from '../protocol/errors.ts';
import type { AccountHooks } from '../services/accounts/accounts.ts';
import { plainEvent } from '../services/conversations/events.ts';
import type { RunningPipeline } from '../services/messages/pipeline/create.ts';
import type { Broker } from './broker.ts';
import type { RunningDelivery } from './delivery/create.ts';

/** How long a sign-in waits for what was accepted before it: longer only when numbering is held back. */
const MOST_WAIT_MS = 1_000;

/** What a device's coming and going means to delivery. */
interface Followers {
  pipeline: Pick<RunningPipeline, 'request' | 'appendEvent' | 'caughtUp'>;
  delivery: Pick<RunningDelivery, 'initialise' | 'forgetDevice'>;
  broker: Pick<Broker, 'forget'>;
}

/** `followers` is asked late: accounts are made before those that follow them. */
export function deviceHooks(parts: {
  share: AccountHooks['share'];
  clock: Clock;
  followers: () => Followers;
}): AccountHooks {
  const { share, clock, followers } = parts;
  return {
    share,

    async deviceAdded(user, device) {
      const { delivery, pipeline } = followers();
      // What was accepted before the device came is numbered before it, and so is not for it.
      await pipeline.caughtUp(MOST_WAIT_MS);
      // In this order: the device itself is told of its coming too.
      await delivery.initialise(device.id, user);
      const event = { stream: user, type: 'device.added', id: uuidv7(), time: clock.now() } as const;
      const name = device.name === null ? {} : { name: device.name };
      await pipeline.appendEvent(
        plainEvent({ user, device: device.id }, event, { ...name, device: device.id }),
      );
    },

    async deviceRevoked(_user, device) {
      const { broker, delivery } = followers();
      // First the connection; delivery knows which of its last acknowledgements would still write cursors.
      await broker.forget(device);
      await delivery.forgetDevice(device);
    },

    async revoke(actor, device) {
      const command = { v: VERSION, id: uuidv7(), type: 'device.revoke', device } as const;
      const outcome = await followers().pipeline.request(actor, command, JSON.stringify(command));
      if (outcome.ok || outcome.error.code === 'not_found') return;
      throw new Refused(outcome.error.code, outcome.error.detail);
    },
  };
}
