import type { Client } from 'aedes';

/** Packet identifiers of our own deliveries; those below are Aedes' (open topics, presence). */
const FIRST = 32_768;
const LAST = 65_535;

/** Packet identifiers of one connection: none is used again while it is in flight [MQTT-2.3.1-4]. */
export class PacketIds {
  #next = FIRST;
  readonly #used = new Set<number>();

  take(): number {
    while (this.#used.has(this.#next)) this.#advance();
    const id = this.#next;
    this.#advance();
    this.#used.add(id);
    return id;
  }

  /** Marks an identifier of an earlier connection of the session as in flight. */
  keep(id: number): void {
    this.#used.add(id);
  }

  free(id: number): void {
    this.#used.delete(id);
  }

  #advance(): void {
    this.#next = this.#next === LAST ? FIRST : this.#next + 1;
  }
}

/** Keeps Aedes' counter of a connection below ours. */
export function confineAedes(client: Client): void {
  let counter = 1;
  Object.defineProperty(client, '_nextId', {
    configurable: true,
    get: () => counter,
    set: (value: number) => {
      counter = value >= FIRST ? 1 : value;
    },
  });
}
