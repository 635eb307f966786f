/** The terminal client as people see it: in a real terminal. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Content } from '../../clients/sdk/index.ts';
import { ChatStore, DunlinClient, MemoryStorage, Sessions } from '../../clients/sdk/index.ts';
import { root, Server } from '../harness/server.ts';
import { clientArgs, Lines, newName, Terminal, tmuxMissing, until } from '../harness/terminal-client.ts';

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
    await alice.shows(/ahoy {2}#1 \d\d:\d\d ✓✓/);
    await alice.shows(new RegExp(`^ ${b} · online`));
    await bob.shows(/1 unread/);
    await bob.shows(new RegExp(`● ${a} .*\\n.*ahoy +1 `));

    bob.press('C-n');
    await bob.shows(new RegExp(`${a}\\n.*ahoy {2}#1`));
    // Read: in a colour.
    await alice.shows(/\[36m[^✓]{0,8}✓✓/, 'coloured');
    Terminal.tmux('send-keys', '-t', b, '-l', 'on my w');
    await alice.shows(new RegExp(`^ ${b} · ${b} is typing…`));
    bob.type('ay');
    await alice.shows(new RegExp(`${b}\\n.*on my way {2}#2`));

    // The selected message, by its keys: edited, reacted to, answered.
    alice.press('Up');
    await alice.shows(/▌ on my way/);
    alice.press('Up');
    await alice.shows(/▌ +ahoy/);
    alice.press('e');
    await alice.shows(/editing #1[\s\S]*❯ ahoy/);
    alice.type(' there');
    await bob.shows(/ahoy there {2}#1 \d\d:\d\d edited/);
    alice.press('Up', '+');
    await alice.shows(/reaction to #2/);
    alice.type('⛵');
    await bob.shows(new RegExp(`⛵ ${a.slice(0, 8)}`));
    bob.press('Up');
    await bob.shows(/▌ /);
    bob.press('Up', 'r');
    await bob.shows(new RegExp(`reply to ${a} #1`));
    bob.type('aye');
    await alice.shows(/┃ you ahoy there *\n.*aye/);

    // Without the server.
    assert.equal(await server.stop(), 0);
    await alice.shows(/○ connecting…/);
    alice.type('written in the dark');
    await alice.shows(/written in the dark {2} ·/);
    await alice.shows(/1 waiting to be sent/);
    await server.start();
    await bob.shows(/written in the dark/);
    await alice.shows(/written in the dark {2}#\d+ \d\d:\d\d ✓/);
    assert.doesNotMatch(alice.screen, /waiting to be sent/);

    // More than a screen, and back to its beginning.
    for (let i = 1; i <= 40; i++) alice.type(`line ${i}`);
    await bob.shows(/line 40/);
    assert.doesNotMatch(bob.screen, /ahoy there/);
    await until(
      () => {
        bob.press('PageUp');
        return /ahoy there {2}#1/.test(bob.screen);
      },
      () => `no way back to the beginning:\n${bob.screen}`,
    );
    bob.press('End');
    await bob.shows(/line 40/);

    // Begun, and left: the draft is there again, and everything else.
    Terminal.tmux('send-keys', '-t', b, '-l', 'not yet sa');
    await bob.shows(/not yet sa/);
    bob.press('C-c');
    await alice.shows(new RegExp(`^ ${b} · away`));
    alice.type('while you were out');
    await alice.shows(/while you were out {2}#\d+ \d\d:\d\d ✓/);
    const again = new Terminal(server, b, folder);
    await again.shows(/draft: not yet sa/);
    await again.shows(/1 unread/);
    again.press('C-n');
    await again.shows(/─ new ─+\n.*while you were out|─ new ─[\s\S]*while you were out/);
    await again.shows(/line 40/);
    await again.shows(/❯ not yet sa/);
  });

  it('fetches the history that a new device does not have when it scrolls to its top, and finds what is in it', async () => {
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
      tablet.press('Enter');
      await tablet.shows(/number 130/);
      await until(
        () => {
          tablet.press('PageUp');
          return /the very first {2}#1 /.test(tablet.screen);
        },
        () => `the first message never came into sight:\n${tablet.screen}`,
      );
      tablet.press('C-f');
      await tablet.shows(/Search everywhere/);
      tablet.type('number 77');
      await tablet.shows(new RegExp(`${a} ${a}.*\\n.*number 77`));
      tablet.press('Enter');
      await tablet.shows(/▌ number 77 {2}#77/);
    } finally {
      await anna.kill();
      await ben.kill();
    }
  });

  it('has groups: made, named, with roles and receipts; and left', async () => {
    const [a, b] = [newName('ada'), newName('bea')];
    const ada = new Terminal(server, a, folder, { columns: 130 });
    const bea = new Terminal(server, b, folder);
    await ada.shows(/● online/);
    await bea.shows(/● online/);
    ada.type(`/group "Two boats" ${b}`);
    await ada.shows(/^ Two boats · group/);
    ada.type('who rows?');
    await bea.shows(/# Two boats/);
    bea.press('C-k');
    await bea.shows(/Jump to/);
    bea.type('boats');
    await bea.shows(/^ Two boats · group/);
    bea.type('I do');
    await ada.shows(/I do {2}#3/);
    // On a wide screen the details stand beside the messages.
    ada.press('Up', 'Up', 'i');
    await ada.shows(new RegExp(`Read by \\(1\\)[\\s\\S]*${b}`));
    await ada.shows(/Members \(2\)[\s\S]*you owner/);
    await ada.shows(/who rows\?/);
    ada.press('Escape');
    await until(
      () => !/Details/.test(ada.screen),
      () => `not closed:\n${ada.screen}`,
    );
    ada.press('Down', 'Down');
    await ada.shows(/Tab panes/);
    ada.type(`/role ${b} admin`);
    await bea.shows(/made you admin/);
    bea.type('/leave');
    await bea.shows(/you are not in this group/);
    await ada.shows(new RegExp(`${b} left`));
  });

  it('shows one pane at a time where there is little room, and follows the size', async () => {
    const [a, b] = [newName('amy'), newName('bo')];
    const bo = new Lines(server, b, folder);
    try {
      bo.type('/list');
      await bo.shows(/No conversations yet/);
      const amy = new Terminal(server, a, folder, { columns: 50, rows: 16 });
      await amy.shows(/● online/);
      amy.type(`/dm ${b} a text that is longer than this narrow terminal is wide, and so has two rows`);
      await amy.shows(/a text that is longer/);
      assert.doesNotMatch(amy.screen, /│/);
      amy.press('Tab');
      await amy.shows(new RegExp(`^.*\\n.*${b}`));
      assert.doesNotMatch(amy.screen, /#1/);
      amy.resize(100, 24);
      await amy.shows(/│.*a text that is longer/);
      amy.resize(40, 10);
      await until(
        () => !/│/.test(amy.screen),
        () => `still two panes:\n${amy.screen}`,
      );
    } finally {
      await bo.kill();
    }
  });

  it('presses buttons and takes offered replies by their numbers', async () => {
    const a = newName('abe');
    const abe = new Terminal(server, a, folder);
    await abe.shows(/● online/);
    const storage = new MemoryStorage();
    const sessions = new Sessions(server.http, storage);
    const session = await sessions.register(newName('robot'), 'correct horse battery staple');
    const client = new DunlinClient({ url: server.ws, session, sessions, storage });
    const store = new ChatStore({ client, storage });
    const got: unknown[] = [];
    store.on('arrived', (entries) => {
      for (const entry of entries)
        if (entry.type === 'message' && entry.sender !== session.user)
          got.push([entry.content, entry.replyTo]);
    });
    await store.open();
    try {
      await client.connect();
      await until(
        () => client.status === 'online',
        () => 'the robot never came online',
      );
      const { id } = await client.query('user.find', { username: a });
      const buttons = {
        type: 'buttons',
        text: 'Which one?',
        rows: [
          [
            { label: 'Left\u001b[2J', data: 'l' },
            { label: 'Right', data: 'r' },
          ],
          [{ label: 'Map', url: 'https://example.org/map' }],
        ],
      };
      await store.send({ user: id }, buttons as unknown as Content);
      await abe.shows(/Which one\?/);
      abe.press('C-n');
      await abe.shows(/\[1\] Left\ufffd\[2J/);
      await abe.shows(/\[3\] Map ↗ https:\/\/example\.org\/map/);
      abe.press('Up', '2');
      await until(
        () => got.length === 1,
        () => 'nothing was pressed',
      );
      assert.deepEqual(got, [[{ type: 'button.press', text: 'Right', data: 'r' }, 1]]);
      await store.send({ user: id }, {
        type: 'quick_replies',
        text: 'Sure?',
        replies: [{ label: 'Yes' }],
      } as unknown as Content);
      await abe.shows(/\[1\] Yes/);
      abe.press('Down', 'Down', 'Down');
      await abe.shows(/Tab panes/);
      abe.type('/press 1');
      await until(
        () => got.length === 2,
        () => 'nothing was replied',
      );
      assert.deepEqual(got[1], [{ type: 'text', text: 'Yes' }, 3]);
    } finally {
      store.close();
      await client.close();
    }
  });

  it('lets two terminals of one device be: the second takes over when the first ends', async () => {
    const a = newName('ann');
    const one = new Terminal(server, a, folder, { name: `${a}-1` });
    await one.shows(/● online/);
    one.type(`/dm ${a} remember the milk`);
    await one.shows(/remember the milk {2}#1/);
    const two = new Terminal(server, a, folder, { name: `${a}-2` });
    await two.shows(/open in another terminal/);
    await two.shows(/Note to self/);
    assert.match(one.screen, /● online/);
    one.press('C-c');
    await two.shows(/● online/);
    two.press('C-n');
    await two.shows(/remember the milk {2}#1/);
  });

  it('leaves the terminal as it was: when told so, when ended from outside, when it fails', async () => {
    const a = newName('al');
    const shell = new Terminal(server, a, folder, { shell: true });
    const start = [process.execPath, ...clientArgs(server, a, folder)].map((word) => `'${word}'`).join(' ');
    const isBack = async (times: number) => {
      await shell.shows(/^ready> *$/m);
      assert.doesNotMatch(shell.screen, /F1 help/);
      shell.type(`stty -a | grep -c ' echo ' && echo back ${times}`);
      await shell.shows(new RegExp(`^1\\nback ${times}$`, 'm'));
    };
    await shell.shows(/● online/);
    shell.press('C-c');
    await isBack(1);
    shell.type(`clear; ${start}`);
    await shell.shows(/● online/);
    const [client] = execFileSync('pgrep', ['-P', String(shell.pid)], { encoding: 'utf8' }).split('\n');
    process.kill(Number(client), 'SIGTERM');
    await isBack(2);
    const failing = `import { Terminal } from '${join(root, 'clients/cli/screen/terminal.ts')}';
      new Terminal(process.stdin, process.stdout, () => {}).open(); setTimeout(() => { throw new Error('broken on purpose'); }, 200);`;
    shell.type(`clear; '${process.execPath}' --input-type=module -e "${failing.replaceAll('\n', ' ')}"`);
    await shell.shows(/broken on purpose/);
    await isBack(3);
  });
});
