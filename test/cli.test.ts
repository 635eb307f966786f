/** The terminal client as people use it: in a process of its own, first over pipes, then in a real terminal. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openFileStorage } from '../clients/sdk/storage.node.ts';
import { Server } from './harness/server.ts';

const program = fileURLToPath(new URL('../clients/cli/main.ts', import.meta.url));
const PASSWORD = 'correct horse battery staple';
const WAIT_MS = 20_000;

let people = 0;
/** A name that nobody has yet. */
const newName = (name: string) => `${name}-${process.pid}-${++people}`;

async function until(check: () => boolean, describe: () => string): Promise<void> {
  const deadline = Date.now() + WAIT_MS;
  while (!check()) {
    if (Date.now() > deadline) throw new Error(describe());
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function flags(server: Server, user: string, folder: string): string[] {
  return [program, '--user', user, '--server', server.http, '--data', folder];
}

/** The client in line mode. */
class Lines {
  readonly user: string;
  output = '';
  readonly #child: ChildProcess;

  constructor(server: Server, user: string, folder: string, more: string[] = []) {
    this.user = user;
    this.#child = spawn(process.execPath, [...flags(server, user, folder), ...more], {
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

describe('the terminal client over pipes', () => {
  let server: Server;
  let folder: string;
  const open: Lines[] = [];
  const start = (user: string, more: string[] = []) => {
    const lines = new Lines(server, user, folder, more);
    open.push(lines);
    return lines;
  };
  before(async () => {
    server = await Server.started();
    folder = await mkdtemp(join(tmpdir(), 'dunlin-cli-'));
  });
  after(async () => {
    for (const lines of open) await lines.kill();
    await server.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  it('two people register, chat, and have a group', async () => {
    const [a, b] = [newName('alice'), newName('bob')];
    const bob = start(b);
    bob.type('/list');
    await bob.shows(/No conversations yet/);
    const alice = start(a);
    alice.type(`/dm ${b} ahoy`);
    await bob.shows(new RegExp(`^\\[${a}\\] #1 ${a}: ahoy$`, 'm'));
    bob.type(`/open ${a}`);
    bob.type('ahoy yourself');
    await alice.shows(new RegExp(`^\\[${b}\\] #2 ${b}: ahoy yourself$`, 'm'));

    alice.type(`/group Boats ${b}`);
    await bob.shows(new RegExp(`^\\[Boats\\] #1 ${a}: made the group “Boats”$`, 'm'));
    alice.type('who rows?');
    await bob.shows(new RegExp(`^\\[Boats\\] #2 ${a}: who rows\\?$`, 'm'));
    bob.type('/open Boats');
    bob.type('/react 2 🚣');
    bob.type('I do');
    await alice.shows(new RegExp(`^\\[Boats\\] #4 ${b}: I do$`, 'm'));
    alice.type('/members');
    await alice.shows(new RegExp(`^${b} \\(member\\)`, 'm'));
    assert.equal(await alice.end(), 0);
    assert.equal(await bob.end(), 0);
  });

  it('says what was wrong, and goes on', async () => {
    const alice = start(newName('alice'));
    alice.type('/dm nobody-of-this-name hi');
    await alice.shows(/There is no such user/);
    alice.type('hello?');
    await alice.shows(/Open a chat first/);
    assert.equal(await alice.end(), 0);
  });

  it('sends what was typed before the end of its input', async () => {
    const [a, b] = [newName('alice'), newName('bob')];
    const bob = start(b);
    bob.type('/list');
    await bob.shows(/No conversations yet/);
    const alice = start(a);
    alice.type(`/dm ${b} one`);
    for (const text of ['two', 'three', 'four']) alice.type(text);
    assert.equal(await alice.end(), 0);
    await bob.shows(/#4 .*: four$/m);
    assert.equal(await bob.end(), 0);
  });

  it('keeps what is typed while the server is down, and sends it once, in order, when it is up', async () => {
    const [a, b] = [newName('alice'), newName('bob')];
    const [alice, bob] = [start(a), start(b)];
    bob.type('/list');
    await bob.shows(/No conversations yet/);
    alice.type(`/dm ${b} before`);
    await bob.shows(/: before$/m);
    assert.equal(await server.stop(), 0);
    for (const text of ['one', 'two', 'three']) alice.type(text);
    await server.start();
    await bob.shows(/: three$/m);
    const got = [...bob.output.matchAll(/#(\d+) \S+: (.*)$/gm)].map(([, seq, text]) => `${seq} ${text}`);
    assert.deepEqual(got, ['1 before', '2 one', '3 two', '4 three']);
  });

  it('has it also when it was ended and started again in between', async () => {
    const [a, b] = [newName('alice'), newName('bob')];
    const [alice, bob] = [start(a), start(b)];
    bob.type('/list');
    await bob.shows(/No conversations yet/);
    alice.type(`/dm ${b} before`);
    await bob.shows(/: before$/m);
    assert.equal(await bob.end(), 0);
    assert.equal(await server.stop(), 0);
    alice.type('written in the dark');
    // Typed, and kept: the client is killed right after.
    const kept = openFileStorage(join(folder, encodeURIComponent(new URL(server.http).host), a, 'chat.db'));
    let outbox: [string, string][] = [];
    while (outbox.length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      outbox = await kept.list('outbox/');
    }
    await alice.kill();
    await kept.close();
    await server.start();
    const again = start(a);
    const bobAgain = start(b);
    await bobAgain.shows(/#2 .*: written in the dark$/m);
    assert.doesNotMatch(bobAgain.output, /: before$/m, 'what was delivered before is not delivered again');
    await again.kill();
  });

  it('is one device of several: a second one signs in, and both have what comes', async () => {
    const [a, b] = [newName('alice'), newName('bob')];
    const [alice, bob] = [start(a), start(b)];
    bob.type('/list');
    await bob.shows(/No conversations yet/);
    const tablet = new Lines(server, b, join(folder, 'tablet'));
    open.push(tablet);
    tablet.type('/list');
    await tablet.shows(/No conversations yet/);
    alice.type(`/dm ${b} to both`);
    await bob.shows(/: to both$/m);
    await tablet.shows(/: to both$/m);
  });

  it('ends with a reason when it cannot come in', async () => {
    const b = newName('bob');
    const bob = start(b);
    bob.type('/list');
    await bob.shows(/No conversations yet/);
    const intruder = spawn(process.execPath, flags(server, b, join(folder, 'other')), {
      env: { PATH: process.env.PATH, DUNLIN_PASSWORD: 'wrong password entirely' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let complaint = '';
    intruder.stderr.on('data', (chunk: Buffer) => {
      complaint += chunk.toString();
    });
    const [code] = await once(intruder, 'close');
    assert.equal(code, 1);
    assert.match(complaint, /name or the password is wrong/);
  });
});

/** Why the tests in a real terminal cannot run here; false when they can. */
function tmuxMissing(): string | false {
  try {
    execFileSync('tmux', ['-V'], { stdio: 'ignore' });
    return false;
  } catch {
    return 'tmux is not installed';
  }
}

/** The client in a terminal of 100 × 30, driven by keys and looked at. */
class Terminal {
  static readonly socket = `dunlin-${process.pid}`;
  readonly name: string;

  static tmux(...args: string[]): string {
    return execFileSync('tmux', ['-L', Terminal.socket, '-f', '/dev/null', ...args], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, LANG: 'C.UTF-8', TERM: 'xterm-256color' },
    });
  }

  constructor(server: Server, user: string, folder: string) {
    this.name = user;
    const command = [process.execPath, ...flags(server, user, folder)].map((word) => `'${word}'`).join(' ');
    Terminal.tmux(
      ...['-u', 'new-session', '-d', '-s', user, '-x', '100', '-y', '30'],
      ...['-e', `DUNLIN_PASSWORD=${PASSWORD}`, '-e', 'LANG=C.UTF-8', command],
    );
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

  async shows(what: RegExp): Promise<void> {
    let screen = '';
    await until(
      () => {
        screen = this.screen;
        return what.test(screen);
      },
      () => `${this.name} never saw ${what}; there is\n${screen}`,
    );
  }
}

describe('the terminal client in a terminal', { skip: tmuxMissing() }, () => {
  let server: Server;
  let folder: string;
  before(async () => {
    server = await Server.started();
    folder = await mkdtemp(join(tmpdir(), 'dunlin-cli-'));
  });
  after(async () => {
    try {
      Terminal.tmux('kill-server');
    } catch {
      // none was started
    }
    await server.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  it('shows a chat: messages, receipts, presence, typing; works on without the server; scrolls back', async () => {
    const [a, b] = [newName('alice'), newName('bob')];
    const alice = new Terminal(server, a, folder);
    await alice.shows(/● online/);
    const bob = new Terminal(server, b, folder);
    await bob.shows(/● online/);

    alice.type(`/dm ${b} ahoy`);
    await alice.shows(/#1 you \S+.*\n.*ahoy/);
    await alice.shows(/#1 you .* ✓✓/);
    await alice.shows(new RegExp(`^ ${b} · online`));
    await bob.shows(new RegExp(`${a} +1`));

    bob.press('Tab');
    await bob.shows(new RegExp(`#1 ${a} .*\\n.*ahoy`));
    await alice.shows(/#1 you .* ◉/);
    Terminal.tmux('send-keys', '-t', b, '-l', 'on my w');
    await alice.shows(new RegExp(`${b} is typing…`));
    bob.type('ay');
    await alice.shows(new RegExp(`#2 ${b} .*\\n.*on my way`));

    alice.type('/edit 1 ahoy there');
    await bob.shows(/ahoy there/);
    await bob.shows(/#1 .* edited/);
    alice.type('/react 2 ⛵');
    await bob.shows(new RegExp(`⛵ +${a}`));

    // Without the server.
    assert.equal(await server.stop(), 0);
    await alice.shows(/○ connecting…/);
    alice.type('written in the dark');
    await alice.shows(/… written in the dark/);
    await alice.shows(/1 waiting to be sent/);
    await server.start();
    await bob.shows(/written in the dark/);
    await alice.shows(/#5 you .*\n.*written in the dark/);
    assert.doesNotMatch(alice.screen, /waiting to be sent/);

    // More than a screen, and back to its beginning.
    for (let i = 1; i <= 40; i++) alice.type(`line ${i}`);
    await bob.shows(/line 40/);
    assert.doesNotMatch(bob.screen, /ahoy there/);
    await until(
      () => {
        bob.press('PageUp');
        return /#1 .*\n.*ahoy there/.test(bob.screen);
      },
      () => `no way back to the beginning:\n${bob.screen}`,
    );

    // Away, and everything is there again.
    bob.type('/quit');
    await alice.shows(new RegExp(`^ ${b} · away`));
    alice.type('while you were out');
    const again = new Terminal(server, `${b}`, folder);
    await again.shows(/● online/);
    again.press('Tab');
    await again.shows(/while you were out/);
    await again.shows(/line 40/);
  });

  it('fetches the history that a new device does not have when it scrolls to its top', async () => {
    const [a, b] = [newName('anna'), newName('ben')];
    const anna = new Lines(server, a, folder);
    const ben = new Lines(server, b, folder);
    try {
      ben.type('/list');
      await ben.shows(/No conversations yet/);
      anna.type(`/dm ${b} the very first`);
      await ben.shows(/the very first/);
      for (let i = 2; i <= 130; i++) anna.type(`number ${i}`);
      await ben.shows(/number 130/);
      const tablet = new Terminal(server, b, join(folder, 'tablet'));
      await tablet.shows(new RegExp(`${a}`));
      tablet.press('Tab');
      await tablet.shows(/number 130/);
      await until(
        () => {
          tablet.press('PageUp');
          return /#1 .*\n.*the very first/.test(tablet.screen);
        },
        () => `the first message never came into sight:\n${tablet.screen}`,
      );
    } finally {
      await anna.kill();
      await ben.kill();
    }
  });
});
