import type { QueryRules } from '../../queries.ts';
import type { AccountParts } from '../parts.ts';

/** The devices that can sign in. */
export function devicesList({
  store,
  lastSeen,
}: Pick<AccountParts, 'store' | 'lastSeen'>): QueryRules<'devices.list'> {
  return {
    type: 'devices.list',
    async answer(actor) {
      const devices = await store.devices(actor.user);
      return {
        devices: devices
          .filter(({ revokedAt }) => revokedAt === null)
          .map((device) => ({
            device: device.id,
            name: device.name,
            created: device.createdAt,
            last_seen: lastSeen.ofDevice(device),
            current: device.id === actor.device,
          })),
      };
    },
  };
}
