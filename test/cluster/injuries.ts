import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { RunningEngine } from '../engines/engine.ts';
import type { Server } from '../harness/server.ts';
import type { Cluster } from './cluster.ts';
import { eventually } from './eventually.ts';

const LONGEST_DOWN_MS = 1_000;
const ENGINE_DOWN_MS = 1_500;

/** What is done to a cluster, and how often it was. */
export class Injuries {
  kills = 0;
  restarts = 0;
  freezes = 0;
  replaced = 0;
  /** What was left alone, and why. */
  readonly spared: string[] = [];
  readonly #cluster: Cluster;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** Kills each of them, one after the other, and starts it again after a moment. */
  async kill(...servers: readonly Server[]): Promise<void> {
    for (const server of servers) {
      await pause(Math.random() * LONGEST_DOWN_MS);
      await server.kill9();
      this.kills++;
      await pause(Math.random() * LONGEST_DOWN_MS);
      await server.start();
    }
  }

  /** Stops each of them, as an operator does, and starts that version of the program in its place. */
  async replace(servers: readonly Server[], root: string): Promise<void> {
    for (const server of servers) {
      await pause(Math.random() * LONGEST_DOWN_MS);
      assert.equal(await server.stop(), 0, 'a graceful end');
      server.movesTo(root);
      await server.start();
      this.replaced++;
    }
  }

  /**
   * Kills the engine, then those who wait for it with what they have begun, and starts all of them on what the engine has on its disk;
   * resolves when all processes are ready again.
   */
  async restart(engine: RunningEngine, ...waiting: readonly Server[]): Promise<void> {
    if (engine.pid === null) {
      this.spared.push('an engine was not restarted: it is not ours (MONGODB_URL)');
      return this.kill(...waiting);
    }
    await engine.kill();
    this.restarts++;
    await pause(ENGINE_DOWN_MS);
    for (const server of waiting) {
      await server.kill9();
      this.kills++;
    }
    await engine.start();
    for (const server of waiting) await server.start();
    await this.allReady();
  }

  /** It stands still for so long, while something else happens. */
  async freeze(server: Server, ms: number, meanwhile: () => Promise<void>): Promise<void> {
    server.signal('SIGSTOP');
    this.freezes++;
    try {
      await Promise.all([pause(ms), meanwhile()]);
    } finally {
      server.signal('SIGCONT');
    }
  }

  async allReady(): Promise<void> {
    for (const server of this.#cluster.servers)
      await eventually(
        () =>
          fetch(`${server.metrics}/readyz`).then(
            (response) => response.ok,
            () => false,
          ),
        `${server.metrics} to be ready`,
      );
  }
}
