import { OnlineInMemory } from '../presence/online-users.memory.ts';
import type { OnlineUsers } from '../presence/online-users.ts';
import { alone } from './alone.ts';
import type { NodeBus } from './node-bus.ts';
import { noOtherNode, type SessionClaims } from './session-claims.ts';

/** This process among the others that serve the same people. */
export interface Nodes {
  bus: NodeBus;
  online: OnlineUsers;
  claims: SessionClaims;
  /** After the broker has stopped. */
  stop(): Promise<void>;
}

export function onlyNode(): Nodes {
  return { bus: alone, online: new OnlineInMemory().node(), claims: noOtherNode, stop: async () => {} };
}
