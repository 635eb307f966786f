import type { AccountParts } from '../parts.ts';
import { checkOwnDevice } from './own-device.ts';
import { ownChange } from './own-stream.ts';

export function deviceRevoke({ store, known, hooks }: Pick<AccountParts, 'store' | 'known' | 'hooks'>) {
  return ownChange({
    type: 'device.revoke',
    event: 'device.revoked',
    check: (actor, { device }) => checkOwnDevice(store, actor, device),
    fields: ({ device }) => ({ device }),
    async apply(user, { device, time }) {
      await store.revokeDevice(user, device, time);
      // Also when it was revoked before: a crash may have come between the two.
      await hooks.deviceRevoked(user, device);
    },
    stale: (_user, { device }) => known.devices.forget(device),
  });
}
