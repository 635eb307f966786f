import type { Client } from 'aedes';
import type { Position } from './position.ts';
import type { Pump } from './pump.ts';

const NONE: ReadonlySet<Pump> = new Set();

/** The pumps of connected devices, by everything they are looked for by. Who is away is not in it. */
export class Index {
  readonly #clients = new Map<Client, Pump>();
  readonly #devices = new Map<string, Pump>();
  readonly #users = new Map<string, Set<Pump>>();
  readonly #streams = new Map<string, Map<Position, Pump>>();

  add(pump: Pump): void {
    this.#clients.set(pump.client, pump);
    this.#devices.set(pump.actor.device, pump);
    const pumps = this.#users.get(pump.actor.user);
    if (pumps === undefined) this.#users.set(pump.actor.user, new Set([pump]));
    else pumps.add(pump);
  }

  addPosition(pump: Pump, position: Position): void {
    const positions = this.#streams.get(position.stream);
    if (positions === undefined) this.#streams.set(position.stream, new Map([[position, pump]]));
    else positions.set(position, pump);
  }

  remove(pump: Pump): void {
    this.#clients.delete(pump.client);
    // Not the one that has taken over.
    if (this.#devices.get(pump.actor.device) === pump) this.#devices.delete(pump.actor.device);
    const pumps = this.#users.get(pump.actor.user);
    pumps?.delete(pump);
    if (pumps?.size === 0) this.#users.delete(pump.actor.user);
    for (const position of pump.positions.values()) {
      const positions = this.#streams.get(position.stream);
      positions?.delete(position);
      if (positions?.size === 0) this.#streams.delete(position.stream);
    }
  }

  ofClient(client: Client): Pump | undefined {
    return this.#clients.get(client);
  }
  ofDevice(device: string): Pump | undefined {
    return this.#devices.get(device);
  }
  ofUser(user: string): ReadonlySet<Pump> {
    return this.#users.get(user) ?? NONE;
  }
  /** Undefined: nobody of the stream is connected. */
  ofStream(stream: string): ReadonlyMap<Position, Pump> | undefined {
    return this.#streams.get(stream);
  }
  pumps(): Iterable<Pump> {
    return this.#clients.values();
  }
}
