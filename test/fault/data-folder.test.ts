/** What the data folder promises: a snapshot of it at any instant is whole, it belongs to one server, and it may be full. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { directConversation } from '../../services/conversations/direct.ts';
import { type Account, register, request } from '../harness/account.ts';
import { Device } from '../harness/device.ts';
import { dunlin } from '../harness/dunlin.ts';
import { unlimited } from '../harness/flags.ts';
import { type Acknowledged, history, missing } from '../harness/history.ts';
import { Server } from '../harness/server.ts';
import { snapshot } from '../harness/snapshot.ts';

const SENDERS = 8;
const SNAPSHOTS = 5;
const flags = [...unlimited, '--log.level=warn'];

describe('the data folder', { timeout: 120_000 }, () => {
  const undo: (() => Promise<unknown> | unknown)[] = [];
  after(async () => {
    for (const step of undo.toReversed()) await step();
  });
  const temporaryFolder = async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dunlin-test-'));
    undo.push(() => rm(folder, { recursive: true, force: true }));
    return folder;
  };
  const started = async (options: { folder?: string } = {}) => {
    const server = await Server.create({ flags, ...options });
    undo.push(() => server.dispose());
    await server.start();
    return server;
  };
  const connected = async (server: Server, account: Account) => {
    const device = await Device.connect(server.mqtt, account);
    undo.push(() => device.drop());
    return device;
  };

  it('copied at random instants under load, opens and holds every message acknowledged before the copy', async () => {
    const server = await started();
    const accounts: Account[] = [];
    for (let i = 0; i < SENDERS; i++) accounts.push(await register(server, 'sender'));
    const acknowledged: Acknowledged[] = [];
    let running = true;
    const lane = async (device: Device, to: Account) => {
      const conversation = directConversation(device.account.user, to.user);
      for (let n = 0; running; n++) {
        const id = await device.text({ user: to.user }, `message ${n}`);
        acknowledged.push({ id, conversation, reader: device.account });
      }
    };
    const devices = await Promise.all(accounts.map((account) => connected(server, account)));
    const lanes = devices.flatMap((device, i) => {
      const to = accounts[(i + 1) % SENDERS]!;
      return [lane(device, to), lane(device, to)];
    });

    const copies: { folder: string; held: Acknowledged[] }[] = [];
    for (let k = 0; k < SNAPSHOTS; k++) {
      await new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 400));
      const folder = await temporaryFolder();
      await snapshot(server, join(folder, 'data'), () => copies.push({ folder, held: [...acknowledged] }));
    }
    running = false;
    await Promise.all(lanes);
    assert.ok(copies.at(-1)!.held.length > 200, `${copies.at(-1)!.held.length} messages are no load`);
    await server.kill9();

    for (const { folder, held } of copies) {
      const copy = await started({ folder });
      const lost = await missing(copy, held);
      assert.equal(lost.length, 0, `${lost.length} of ${held.length} are lost: ${lost.slice(0, 5)}`);
      await copy.kill9();
    }
  });

  it('belongs to one server: a second one refuses to start, says why, and the first does not notice', async () => {
    const first = await started();
    const [a, b] = [await register(first, 'alice'), await register(first, 'bob')];
    const [alice, bob] = [await connected(first, a), await connected(first, b)];

    const second = await Server.create({ folder: first.folder, flags });
    const child = second.spawn();
    undo.push(() => child.kill('SIGKILL'));
    const [code] = await once(child, 'close');
    assert.ok(code !== 0 && code !== null, `exit code ${code}`);
    assert.match(second.output, /in use by another Dunlin/);
    assert.ok(second.output.includes(join(first.folder, 'data')), second.output);

    await alice.text({ user: b.user }, 'still here');
    await bob.until(() => bob.texts.includes('still here'), 'a message after the second start');
    assert.equal(alice.client.connected, true);
    // The control socket is the first one's still.
    const invited = await dunlin(['admin', 'invite', `--data.folder=${join(first.folder, 'data')}`]);
    assert.equal(invited.code, 0, invited.stderr);
  });

  it('without room, refuses to take more, is read from as ever, and takes the same command when there is room', async (t) => {
    const folder = await temporaryFolder();
    const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=32m', 'tmpfs', folder]);
    if (mount.status !== 0) return t.skip('this user may not mount a small file system');
    undo.push(() => spawnSync('umount', ['-l', folder]));
    const server = await started({ folder });
    const [a, b] = [await register(server, 'alice'), await register(server, 'bob')];
    const alice = await connected(server, a);
    const conversation = directConversation(a.user, b.user);
    const filler = join(folder, 'filler');
    await mkdir(folder, { recursive: true });
    await writeFile(filler, Buffer.alloc(26 << 20));

    const content = { type: 'text', text: 'x'.repeat(8_000) };
    const sent: string[] = [];
    const refusals = () => alice.own.filter((p) => p.type === 'refused');
    while (refusals().length === 0) {
      assert.ok(sent.length < 5_000, 'never full');
      sent.push(await alice.send('message.send', { to: { user: b.user }, content }));
    }
    // Answers come in their order: with this one all refusals are there.
    await alice.ask('privacy.get');
    for (const { error } of refusals()) assert.deepEqual([error.code, error.retry], ['storage_full', true]);
    const refused = refusals().map((p) => p.command as string);
    const accepted = sent.filter((id) => !refused.includes(id));
    assert.ok(accepted.length > 0, 'full from the beginning');
    const larger = { type: 'text', text: 'y'.repeat(60_000) };
    const overHttp = await request(
      server,
      'POST',
      '/messages/send',
      { to: { user: b.user }, content: larger },
      a.accessToken,
    );
    assert.equal(overHttp.status, 507);
    // What was accepted last may have to wait for room to be numbered; what was numbered can be read.
    const readable = (await history(server, a, conversation)).map((e) => e.id);
    assert.ok(readable.length > 0);
    assert.deepEqual(readable, accepted.slice(0, readable.length));

    await rm(filler);
    alice.own.length = 0; // the refusal carries the id that is asked again
    const again = await alice.ask('message.send', { to: { user: b.user }, content }, refused[0]);
    assert.equal(again.type, 'message', JSON.stringify(again));
    await server.kill9();
    await server.start();
    assert.deepEqual(
      (await history(server, b, conversation)).map((e) => e.id),
      [...accepted, refused[0]],
    );
  });
});
