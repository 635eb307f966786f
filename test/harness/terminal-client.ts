import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Server } from './server.ts';

const program = fileURLToPath(new URL('../../clients/cli/main.ts', import.meta.url));
const PASSWORD = 'correct horse battery staple';
const WAIT_MS = 20_000;

let people = 0;
/** A name that nobody has yet. */
export const newName = (name: string) => `${name}-${process.pid}-${++people}`;

export async function until(check: () => boolean, describe: () => string): Promise<void> {
  const deadline = Date.now() + WAIT_MS;
  while (!check()) {
    if (Date.now() > deadline) throw new Error(describe());
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** What follows the name of the runtime. */
export function clientArgs(server: Server, user: string, folder: string): string[] {
  return [program, '--user', user, '--server', server.http, '--data', folder];
}

/** The client in line mode. */
export class Lines {
  readonly user: string;
  output = '';
  readonly #child: ChildProcess;

  constructor(server: Server, user: string, folder: string, more: string[] = []) {
    this.user = user;
    this.#child = spawn(process.execPath, [...clientArgs(server, user, folder), ...more], {
      env: { PATH: process.env.PATH, DUNLIN_PASSWORD: PASSWORD },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout!, this.#child.stderr!])
      stream.on('data', (chunk: Buffer) => {
        this.output += chunk.toString();
      });
  }

  type(line: string): void {
    this.#child.stdin!.write(`${line}\n`);
  }

  async shows(what: RegExp): Promise<void> {
    await until(
      () => what.test(this.output),
      () => `${this.user} never saw ${what}; there is\n${this.output}`,
    );
  }

  /** Ends the input; resolves to the exit code. */
  async end(): Promise<number | null> {
    this.#child.stdin!.end();
    if (this.#child.exitCode === null) await once(this.#child, 'exit');
    return this.#child.exitCode;
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }
}

/** Why the tests in a real terminal cannot run here; false when they can. */
export function tmuxMissing(): string | false {
  try {
    execFileSync('tmux', ['-V'], { stdio: 'ignore' });
    return false;
  } catch {
    return 'tmux is not installed';
  }
}

export interface TerminalOptions {
  /** Of the session, where one user has several. */
  name?: string;
  columns?: number;
  rows?: number;
  flags?: string[];
  /** The client is started by a shell, which is there again when it ends. */
  shell?: boolean;
}

/** The client in a terminal, of 100 × 30 where nothing else is said, driven by keys and looked at. */
export class Terminal {
  static readonly socket = `dunlin-${process.pid}`;
  readonly name: string;

  static tmux(...args: string[]): string {
    return execFileSync('tmux', ['-L', Terminal.socket, '-f', '/dev/null', ...args], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, LANG: 'C.UTF-8', TERM: 'xterm-256color' },
    });
  }

  constructor(server: Server, user: string, folder: string, options: TerminalOptions = {}) {
    const { name = user, columns = 100, rows = 30, flags = [], shell = false } = options;
    this.name = name;
    const command = [process.execPath, ...clientArgs(server, user, folder), ...flags]
      .map((word) => `'${word}'`)
      .join(' ');
    Terminal.tmux(
      ...['-u', 'new-session', '-d', '-s', name, '-x', `${columns}`, '-y', `${rows}`],
      ...['-e', `DUNLIN_PASSWORD=${PASSWORD}`, '-e', 'LANG=C.UTF-8'],
      shell ? 'sh' : command,
    );
    if (shell) {
      this.type(`PS1='ready> '; clear`);
      this.type(command);
    }
  }

  /** What runs in it. */
  get pid(): number {
    return Number(Terminal.tmux('display-message', '-p', '-t', this.name, '#{pane_pid}'));
  }

  resize(columns: number, rows: number): void {
    Terminal.tmux('resize-window', '-t', this.name, '-x', `${columns}`, '-y', `${rows}`);
  }

  /** A key by tmux' name for it. */
  press(...keys: string[]): void {
    Terminal.tmux('send-keys', '-t', this.name, ...keys);
  }

  type(text: string): void {
    Terminal.tmux('send-keys', '-t', this.name, '-l', text);
    this.press('Enter');
  }

  get screen(): string {
    return Terminal.tmux('capture-pane', '-p', '-t', this.name);
  }

  /** With the escape sequences of its colours. */
  get coloured(): string {
    return Terminal.tmux('capture-pane', '-p', '-e', '-t', this.name);
  }

  async shows(what: RegExp, in_: 'screen' | 'coloured' = 'screen'): Promise<void> {
    let screen = '';
    await until(
      () => {
        screen = this[in_];
        return what.test(screen);
      },
      () => `${this.name} never saw ${what}; there is\n${screen}`,
    );
  }
}
