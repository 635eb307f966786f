/** The terminal client over pipes, in a process of its own. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openFileStorage } from '../../clients/sdk/storage.node.ts';
import { Server } from '../harness/server.ts';
import { clientArgs, Lines, newName } from '../harness/terminal-client.ts';

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
    const intruder = spawn(process.execPath, clientArgs(server, b, join(folder, 'other')), {
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
