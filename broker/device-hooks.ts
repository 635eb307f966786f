import { uuidv7 } from 'uuidv7';
import { type Logged, VERSION } from '../protocol/commands.ts';
import { type Refusal, Refused } from '../protocol/errors.ts';
import type { AccountHooks } from '../services/accounts/accounts.ts';
import type { Actor } from '../services/actor.ts';
import type { Cursors, DeviceCursor } from '../services/messages/cursors.ts';
import type { Outcome, Pipeline } from '../services/messages/pipeline.ts';

export interface DeviceHookParts {
  share: AccountHooks['share'];
  groupsOf: AccountHooks['groupsOf'];
  /** Asked late: accounts are made before the pipeline that carries their changes. */
  pipeline: () => Pick<Pipeline, 'request'>;
  /** Resolves when what was accepted before has been numbered, as far as this process can know and wait for it. */
  settled(): Promise<unknown>;
  /** A new device begins where its user's streams are now. */
  initialise(device: string, user: string): Promise<void>;
  cursors: Pick<Cursors, 'forgetDevice' | 'ofDevice' | 'save'>;
}

/** What a device's coming and going means to delivery and to the user's other devices. */
export function deviceHooks({
  share,
  groupsOf,
  pipeline,
  settled,
  initialise,
  cursors,
}: DeviceHookParts): AccountHooks {
  /** Of what the device before had not got, all comes to this one; its own stream was for it alone. */
  async function goOn(user: string, from: string, to: string): Promise<void> {
    const rows: DeviceCursor[] = [];
    for (const [stream, seq] of await cursors.ofDevice(from))
      if (stream !== from) rows.push({ device: to, user, stream, seq, time: null });
    if (rows.length > 0) await cursors.save(rows);
  }

  async function ask(actor: Actor, command: Logged): Promise<Refusal | null> {
    return refusalOf(await pipeline().request(actor, command, JSON.stringify(command)));
  }

  return {
    share,
    groupsOf,

    async deviceAdded(user, device, after) {
      // What was accepted before the device came is not for it.
      await settled();
      // In this order: the device itself is told of its coming too.
      if (after === null) await initialise(device.id, user);
      else await goOn(user, after, device.id);
      const name = device.name === null ? {} : { name: device.name };
      const command = { v: VERSION, id: uuidv7(), type: 'device.add', device: device.id, ...name } as const;
      const refused = await ask({ user, device: device.id }, command);
      if (refused !== null) throw new Refused(refused.code, refused.detail);
    },

    deviceRevoked: (_user, device) => cursors.forgetDevice(device),

    async change(actor, change) {
      const refused = await ask(actor, { v: VERSION, id: uuidv7(), ...change } as Logged);
      if (refused !== null) throw new Refused(refused.code, refused.detail);
    },

    async revoke(actor, device) {
      const command = { v: VERSION, id: uuidv7(), type: 'device.revoke', device } as const;
      const refused = await ask(actor, command);
      if (refused !== null && refused.code !== 'not_found') throw new Refused(refused.code, refused.detail);
    },
  };
}

function refusalOf(outcome: Outcome): Refusal | null {
  return outcome.ok ? null : outcome.error;
}
