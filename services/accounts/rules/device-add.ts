import { ownChange } from './own-stream.ts';

/** A device has signed in: made by the server, so that the user's other devices hear of it. */
export function deviceAdd() {
  return ownChange({
    type: 'device.add',
    event: 'device.added',
    fields: ({ device, name }) => ({ device, name }),
    // The device is in the store already: it signs in by what is there.
    apply: async () => {},
  });
}
