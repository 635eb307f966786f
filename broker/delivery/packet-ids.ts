import type { Client } from 'aedes';

/** Packet identifiers of our own deliveries; those below are Aedes' (open topics, presence). */
const FIRST = 32_768;
const LAST = 65_535;

/** The identifier after this one, and the first one after the last. */
export function followingId(id: number): number {
  return id >= LAST ? FIRST : id + 1;
}

/**
 * Where a connection begins: anywhere. There are clients that send a PUBACK which came too late for one connection on the next, and that
 * may be at another node: it must not be taken for one of what that node has just sent, which perhaps never arrives.
 */
export function someId(): number {
  return FIRST + Math.floor(Math.random() * (LAST - FIRST + 1));
}

const COUNTER = Symbol('the next packet identifier of Aedes');
type Counting = Client & { [COUNTER]: number; _nextId?: number };

const belowOurs: PropertyDescriptor = {
  configurable: true,
  get(this: Counting) {
    return this[COUNTER];
  },
  set(this: Counting, value: number) {
    this[COUNTER] = value % FIRST || 1;
  },
};

/**
 * Keeps Aedes' packet identifiers of a connection below ours. To be called before it has sent any (`preConnect`); again does
 * no harm. It begins with a random one, as Aedes does: those of the session's last connection may still be in flight.
 *
 * On the class of the clients, which Aedes does not export: an accessor of its own would make of every client a dictionary, 1.3 KiB
 * larger.
 */
export function confineAedes(client: Client): void {
  const shared = Object.getPrototypeOf(client);
  if (!Object.hasOwn(shared, '_nextId')) Object.defineProperty(shared, '_nextId', belowOurs);
  if (!Object.hasOwn(client, '_nextId')) return;
  // Made before its class had the accessor.
  const counting = client as Counting;
  const first = counting._nextId;
  delete counting._nextId;
  counting._nextId = first;
}
