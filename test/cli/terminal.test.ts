/** The terminal client as people see it: in a real terminal. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Server } from '../harness/server.ts';
import { Lines, newName, Terminal, tmuxMissing, until } from '../harness/terminal-client.ts';

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
