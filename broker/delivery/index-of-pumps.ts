import type { Client } from 'aedes';
import { OneOrMany } from '../one-or-many.ts';
import type { Position } from './position.ts';
import type { Pump } from './pump.ts';

const NONE: readonly Pump[] = [];

/** The pumps of connected devices, by everything they are looked for by. Who is away is not in it. */
export class Index {
  readonly #clients = new Map<Client, Pump>();
  readonly #devices = new Map<string, Pump>();
  readonly #users = new OneOrMany<Pump>();
  readonly #streams = new OneOrMany<Position<Pump>>();

  add(pump: Pump): void {
    this.#clients.set(pump.client, pump);
    this.#devices.set(pump.actor.device, pump);
    this.#users.add(pump.actor.user, pump);
  }

  addPosition(position: Position<Pump>): void {
    this.#streams.add(position.stream, position);
  }

  remove(pump: Pump): void {
    this.#clients.delete(pump.client);
    // Not the one that has taken over.
    if (this.#devices.get(pump.actor.device) === pump) this.#devices.delete(pump.actor.device);
    this.#users.delete(pump.actor.user, pump);
    for (const position of pump.positions.values()) this.#streams.delete(position.stream, position);
  }

  ofClient(client: Client): Pump | undefined {
    return this.#clients.get(client);
  }
  ofDevice(device: string): Pump | undefined {
    return this.#devices.get(device);
  }
  hasUser(user: string): boolean {
    return this.#users.has(user);
  }
  ofUser(user: string): Iterable<Pump> {
    return this.#users.of(user) ?? NONE;
  }
  /** Undefined: nobody of the stream is connected. */
  ofStream(stream: string): Iterable<Position<Pump>> | undefined {
    return this.#streams.of(stream);
  }
  hasStream(stream: string): boolean {
    return this.#streams.has(stream);
  }
  pumps(): Iterable<Pump> {
    return this.#clients.values();
  }
}
