import { Refused } from '../../../protocol/errors.ts';
import type { Actor } from '../../actor.ts';
import type { AccountStore } from '../store.ts';

/** The device is one of the actor's that can still sign in. @throws {Refused} not_found */
export async function checkOwnDevice(store: AccountStore, actor: Actor, id: string): Promise<void> {
  const device = await store.device(id);
  if (device === null || device.user !== actor.user || device.revokedAt !== null)
    throw new Refused('not_found', 'device');
}
