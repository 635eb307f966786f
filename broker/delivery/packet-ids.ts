import { randomInt } from 'node:crypto';
import type { Client } from 'aedes';

/** Packet identifiers of our own deliveries; those below are Aedes' (open topics, presence). */
const FIRST = 32_768;
const LAST = 65_535;

/** The identifier after this one, and the first one after the last. */
export function followingId(id: number): number {
  return id >= LAST ? FIRST : id + 1;
}

export const FIRST_ID = FIRST;

const COUNTER = Symbol('the next packet identifier of Aedes');
type Counting = Client & { [COUNTER]: number };

/** One pair of functions for all connections: a closure each would cost memory each. */
const belowOurs: PropertyDescriptor = {
  configurable: true,
  get(this: Counting) {
    return this[COUNTER];
  },
  set(this: Counting, value: number) {
    this[COUNTER] = value >= FIRST ? 1 : value;
  },
};

/**
 * Keeps Aedes' packet identifiers of a connection below ours. To be called before it has sent any (`preConnect`); again does
 * no harm. It begins with a random one, as Aedes does: those of the session's last connection may still be in flight.
 */
export function confineAedes(client: Client): void {
  if (COUNTER in client) return;
  (client as Counting)[COUNTER] = randomInt(1, FIRST);
  Object.defineProperty(client, '_nextId', belowOurs);
}
