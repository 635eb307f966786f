import { uuidv7 } from 'uuidv7';
import { VERSION } from '../protocol/commands.ts';
import { type Refusal, Refused } from '../protocol/errors.ts';
import type { AccountHooks } from '../services/accounts/accounts.ts';
import type { Cursors } from '../services/messages/cursors.ts';
import type { Outcome, Pipeline } from '../services/messages/pipeline.ts';

export interface DeviceHookParts {
  share: AccountHooks['share'];
  /** Asked late: accounts are made before the pipeline that carries their changes. */
  pipeline: () => Pick<Pipeline, 'request'>;
  /** Resolves when what was accepted before has been numbered, as far as this process can know and wait for it. */
  settled(): Promise<unknown>;
  /** A new device begins where its user's streams are now. */
  initialise(device: string, user: string): Promise<void>;
  cursors: Pick<Cursors, 'forgetDevice'>;
}

/** What a device's coming and going means to delivery and to the user's other devices. */
export function deviceHooks({
  share,
  pipeline,
  settled,
  initialise,
  cursors,
}: DeviceHookParts): AccountHooks {
  return {
    share,

    async deviceAdded(user, device) {
      // What was accepted before the device came is not for it.
      await settled();
      // In this order: the device itself is told of its coming too.
      await initialise(device.id, user);
      const name = device.name === null ? {} : { name: device.name };
      const command = { v: VERSION, id: uuidv7(), type: 'device.add', device: device.id, ...name } as const;
      const actor = { user, device: device.id };
      const refused = refusalOf(await pipeline().request(actor, command, JSON.stringify(command)));
      if (refused !== null) throw new Refused(refused.code, refused.detail);
    },

    deviceRevoked: (_user, device) => cursors.forgetDevice(device),

    async revoke(actor, device) {
      const command = { v: VERSION, id: uuidv7(), type: 'device.revoke', device } as const;
      const refused = refusalOf(await pipeline().request(actor, command, JSON.stringify(command)));
      if (refused !== null && refused.code !== 'not_found') throw new Refused(refused.code, refused.detail);
    },
  };
}

function refusalOf(outcome: Outcome): Refusal | null {
  return outcome.ok ? null : outcome.error;
}
