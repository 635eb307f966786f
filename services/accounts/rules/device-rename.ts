import type { AccountParts } from '../parts.ts';
import { checkOwnDevice } from './own-device.ts';
import { ownChange } from './own-stream.ts';

export function deviceRename({ store }: Pick<AccountParts, 'store'>) {
  return ownChange({
    type: 'device.rename',
    event: 'device.renamed',
    check: (actor, { device }) => checkOwnDevice(store, actor, device),
    fields: ({ device, name }) => ({ device, name }),
    apply: (user, { device, name }) => store.renameDevice(user, device, name),
  });
}
