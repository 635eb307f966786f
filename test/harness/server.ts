import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts } from './ports.ts';

/** This checkout of the program. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

export interface ServerOptions {
  /** Kept by the caller; a temporary one, removed by {@link Server.dispose}, when absent. */
  folder?: string;
  flags?: string[];
  env?: Record<string, string>;
  /** Another checkout of the program than this one. */
  root?: string;
}

/** Where clients go: a server, or a balancer in front of many. */
export type Reachable = Pick<Server, 'http' | 'mqtt' | 'ws'>;

/** The real program in its own process, as `npm start` runs it, on ports of its own. */
export class Server {
  readonly folder: string;
  readonly mqttPort: number;
  readonly mqttsPort: number;
  readonly httpPort: number;
  readonly metricsPort: number;
  readonly #flags: string[];
  readonly #env: Record<string, string>;
  #root: string;
  readonly #ownsFolder: boolean;
  #child: ChildProcess | null = null;
  #output = '';

  private constructor(folder: string, owns: boolean, ports: number[], options: ServerOptions) {
    this.folder = folder;
    this.#ownsFolder = owns;
    [this.mqttPort, this.mqttsPort, this.httpPort, this.metricsPort] = ports as [
      number,
      number,
      number,
      number,
    ];
    this.#flags = options.flags ?? [];
    this.#env = options.env ?? {};
    this.#root = options.root ?? root;
  }

  static async create(options: ServerOptions = {}): Promise<Server> {
    const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'dunlin-test-')));
    return new Server(folder, options.folder === undefined, await freePorts(4), options);
  }

  static async started(options: ServerOptions = {}): Promise<Server> {
    const server = await Server.create(options);
    await server.start();
    return server;
  }

  get http(): string {
    return `http://127.0.0.1:${this.httpPort}`;
  }
  get mqtt(): string {
    return `mqtt://127.0.0.1:${this.mqttPort}`;
  }
  get mqtts(): string {
    return `mqtts://127.0.0.1:${this.mqttsPort}`;
  }
  get ws(): string {
    return `ws://127.0.0.1:${this.httpPort}/ws`;
  }
  get metrics(): string {
    return `http://127.0.0.1:${this.metricsPort}`;
  }
  /** Standard output and standard error since the first start. */
  get output(): string {
    return this.#output;
  }
  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  spawn(): ChildProcess {
    const child = spawn(
      process.execPath,
      [
        join(this.#root, 'bin/dunlin.ts'),
        'serve',
        `--data.folder=${join(this.folder, 'data')}`,
        `--mqtt.port=${this.mqttPort}`,
        `--mqtts.port=${this.mqttsPort}`,
        `--http.port=${this.httpPort}`,
        `--metrics.port=${this.metricsPort}`,
        ...this.#flags,
      ],
      // In the folder of its own, so that no configuration file of the checkout is picked up.
      { cwd: this.folder, env: { PATH: process.env.PATH, ...this.#env }, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const keep = (chunk: Buffer) => {
      this.#output = (this.#output + chunk.toString()).slice(-200_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    return child;
  }

  /** From the next start on it is this checkout of the program. */
  movesTo(root: string): void {
    this.#root = root;
  }

  /** Starts the process and waits until it is ready. */
  async start(): Promise<void> {
    const child = this.spawn();
    this.#child = child;
    const deadline = Date.now() + 60_000;
    for (;;) {
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`the server stopped:\n${this.#output}`);
      const ready = await fetch(`${this.metrics}/readyz`).then(
        (r) => r.ok,
        () => false,
      );
      if (ready) return;
      if (Date.now() > deadline) throw new Error(`the server was not ready in time:\n${this.#output}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  /** Resolves with the match as soon as the output of this and earlier runs has it: the banner comes a moment after readiness. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (const deadline = Date.now() + 10_000; ; ) {
      const match = pattern.exec(this.#output);
      if (match !== null) return match;
      if (Date.now() > deadline) throw new Error(`it does not say ${pattern}:\n${this.#output}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** Power loss, as far as a process can tell. */
  async kill9(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Graceful; resolves to the exit code. */
  async stop(): Promise<number | null> {
    return this.#end('SIGTERM');
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    this.#child = null;
    if (child === null) return null;
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const exit = once(child, 'exit');
    child.kill(signal);
    const [code] = await exit;
    return code as number | null;
  }

  async dispose(): Promise<void> {
    await this.kill9();
    if (this.#ownsFolder) await rm(this.folder, { recursive: true, force: true });
  }
}
