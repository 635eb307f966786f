import type { NodeBus } from './node-bus.ts';

/** The only node there is: nobody else is to be told. */
export const alone: NodeBus = {
  toUser() {},
  toAll() {},
  follow() {},
  unfollow() {},
  onMessage: () => () => {},
  stop: async () => {},
};
