import assert from 'node:assert/strict';
import { register } from './account.ts';
import { Device } from './device.ts';
import type { Server } from './server.ts';

/** Two people who have nothing to do with a test: whatever happens, their chat goes on. */
export class Witnesses {
  readonly #alice: Device;
  readonly #bob: Device;
  readonly #server: Server;
  readonly #pid: number;

  private constructor(server: Server, alice: Device, bob: Device) {
    this.#server = server;
    this.#pid = server.pid;
    this.#alice = alice;
    this.#bob = bob;
  }

  static async of(server: Server): Promise<Witnesses> {
    const [a, b] = [await register(server, 'witness'), await register(server, 'witness')];
    return new Witnesses(server, await Device.connect(server.mqtt, a), await Device.connect(server.ws, b));
  }

  /** On the connections that were there from the beginning, through the process that was there from the beginning. */
  async goOn(): Promise<void> {
    assert.equal(this.#server.pid, this.#pid);
    const id = await this.#alice.text({ user: this.#bob.account.user }, 'all is well');
    await this.#bob.until(() => this.#bob.inbox.find((p) => p.id === id), 'the chat of the witnesses');
    assert.equal(this.#alice.client.connected && this.#bob.client.connected, true);
  }

  drop(): void {
    this.#alice.drop();
    this.#bob.drop();
  }
}
