import type { Client } from 'aedes';
import type { Position } from './position.ts';
import type { Pump } from './pump.ts';

const NONE: ReadonlySet<Pump> = new Set();

/** The pumps of connected devices, by everything they are looked for by. Who is away is not in it. */
export class Index {
  readonly #clients = new Map<Client, Pump>();
  readonly #devices = new Map<string, Pump>();
  readonly #users = new Map<string, Set<Pump>>();
  /** Most streams have one position: a device's own, a user's with one device. A set each would cost more than the position. */
  readonly #streams = new Map<string, Position | Set<Position>>();

  add(pump: Pump): void {
    this.#clients.set(pump.client, pump);
    this.#devices.set(pump.actor.device, pump);
    const pumps = this.#users.get(pump.actor.user);
    if (pumps === undefined) this.#users.set(pump.actor.user, new Set([pump]));
    else pumps.add(pump);
  }

  addPosition(position: Position): void {
    const known = this.#streams.get(position.stream);
    if (known === undefined) this.#streams.set(position.stream, position);
    else if (known instanceof Set) known.add(position);
    else this.#streams.set(position.stream, new Set([known, position]));
  }

  remove(pump: Pump): void {
    this.#clients.delete(pump.client);
    // Not the one that has taken over.
    if (this.#devices.get(pump.actor.device) === pump) this.#devices.delete(pump.actor.device);
    const pumps = this.#users.get(pump.actor.user);
    pumps?.delete(pump);
    if (pumps?.size === 0) this.#users.delete(pump.actor.user);
    for (const position of pump.positions.values()) this.#removePosition(position);
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
  ofStream(stream: string): Iterable<Position> | undefined {
    const known = this.#streams.get(stream);
    return known === undefined || known instanceof Set ? known : [known];
  }
  pumps(): Iterable<Pump> {
    return this.#clients.values();
  }

  #removePosition(position: Position): void {
    const known = this.#streams.get(position.stream);
    if (known === position) this.#streams.delete(position.stream);
    else if (known instanceof Set && known.delete(position) && known.size === 0)
      this.#streams.delete(position.stream);
  }
}
