import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** A server under test in its own process, with the end of what it printed. */
export class Child {
  readonly process: ChildProcess;
  #output = '';

  constructor(command: string, args: string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}) {
    this.process = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const end = () => this.process.kill('SIGKILL');
    process.once('exit', end);
    this.process.once('exit', () => process.off('exit', end));
    const keep = (chunk: Buffer) => {
      this.#output = (this.#output + chunk.toString()).slice(-4000);
    };
    this.process.stdout!.on('data', keep);
    this.process.stderr!.on('data', keep);
  }

  get pid(): number {
    return this.process.pid!;
  }
  get output(): string {
    return this.#output;
  }
  get ended(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }

  /** Polls `ready` until it is true. @throws when the process ends first, or after 60 s */
  async until(ready: () => Promise<boolean>): Promise<void> {
    for (const deadline = Date.now() + 60_000; ; ) {
      if (this.ended) throw new Error(`${this.process.spawnfile} stopped:\n${this.#output}`);
      if (await ready()) return;
      if (Date.now() > deadline) {
        await this.stop();
        throw new Error(`${this.process.spawnfile} was not ready in time:\n${this.#output}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  /** SIGTERM, and SIGKILL after 20 s. */
  async stop(): Promise<void> {
    if (this.ended) return;
    const exit = once(this.process, 'exit');
    this.process.kill('SIGTERM');
    const timer = setTimeout(() => this.process.kill('SIGKILL'), 20_000);
    await exit;
    clearTimeout(timer);
  }
}

/** True when something listens on the port of loopback. */
export function listening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** Ports that were free a moment ago: all held open together, so that they differ. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
