import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { RunningEngine } from './engine.ts';

export interface ServerProcessParts {
  name: string;
  url: string;
  /** The program and its arguments, for a data folder that is there already; `uid` and `gid`: as whom it runs. */
  command(folder: string): {
    program: string;
    args: string[];
    env?: NodeJS.ProcessEnv;
    uid?: number;
    gid?: number;
  };
  /** Run once, on an empty data folder, before the first start. */
  initialise?(folder: string): Promise<void>;
  /** Resolves when the server answers, rejects when it does not yet. */
  ping(): Promise<void>;
}

const START_MS = 60_000;
const MOST_OUTPUT = 20_000;

/** A server as a child of this process, with a data folder of its own. */
export class ServerProcess implements RunningEngine {
  readonly url: string;
  readonly #parts: ServerProcessParts;
  readonly #folder: string;
  #child: ChildProcess | null = null;
  #output = '';

  private constructor(parts: ServerProcessParts, folder: string) {
    this.#parts = parts;
    this.url = parts.url;
    this.#folder = folder;
  }

  static async started(parts: ServerProcessParts): Promise<ServerProcess> {
    const folder = await mkdtemp(join(tmpdir(), `dunlin-${parts.name}-`));
    const server = new ServerProcess(parts, folder);
    try {
      await parts.initialise?.(folder);
      await server.start();
    } catch (error) {
      await server.dispose();
      throw error;
    }
    return server;
  }

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  async start(): Promise<void> {
    const { program, args, env, ...as } = this.#parts.command(this.#folder);
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
      cwd: this.#folder,
      ...as,
    });
    this.#child = child;
    const keep = (chunk: Buffer) => {
      this.#output = (this.#output + chunk.toString()).slice(-MOST_OUTPUT);
    };
    child.stdout!.on('data', keep);
    child.stderr!.on('data', keep);
    // A test that is killed takes its servers with it.
    process.once('exit', () => child.kill('SIGKILL'));
    const deadline = Date.now() + START_MS;
    for (;;) {
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`${this.#parts.name} ended at once:\n${this.#output}`);
      try {
        return await this.#parts.ping();
      } catch (error) {
        if (Date.now() > deadline)
          throw new Error(`${this.#parts.name} does not answer: ${error}\n${this.#output}`);
        await pause(100);
      }
    }
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  async dispose(): Promise<void> {
    this.thaw();
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
