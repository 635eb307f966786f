/** `dunlin backup` and `dunlin restore` while the server runs, under load. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { topics } from '../protocol/topics.ts';
import { type Account, login, register, request } from './harness/account.ts';
import { Device } from './harness/device.ts';
import { dunlin } from './harness/dunlin.ts';
import { unlimited } from './harness/flags.ts';
import { history } from './harness/history.ts';
import { Server } from './harness/server.ts';
import { describe as describeMedia, fetched, uploadForm } from './media/files.ts';

describe('backup and restore', { timeout: 120_000 }, () => {
  const undo: (() => unknown)[] = [];
  after(async () => {
    for (const step of undo.toReversed()) await step();
  });
  const started = async () => {
    const server = await Server.started({ flags: [...unlimited] });
    undo.push(() => server.dispose());
    return server;
  };
  const connected = async (server: Server, account: Account) => {
    const device = await Device.connect(server.mqtt, account);
    undo.push(() => device.drop());
    return device;
  };
  const temporaryFolder = async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dunlin-test-'));
    undo.push(() => rm(folder, { recursive: true, force: true }));
    return folder;
  };
  const where = (server: Server) => `--data.folder=${join(server.folder, 'data')}`;

  it('made and put back while the server runs: the state is that of the backup', async () => {
    const server = await started();
    const owner = await connected(server, await register(server, 'owner'));
    const members = await Promise.all([1, 2].map(() => register(server, 'member')));
    const group = await owner.send('group.create', { name: 'Before', members: members.map((m) => m.user) });
    await owner.until(() => owner.answerTo(group), 'the group');

    const acknowledged: string[] = [];
    let running = true;
    const lanes = await Promise.all(
      members.map(async (member) => {
        const device = await connected(server, member);
        return async () => {
          for (let n = 0; running; n++)
            acknowledged.push(await device.text({ conversation: group }, `message ${n}`));
        };
      }),
    );
    const load = lanes.flatMap((lane) => [lane(), lane(), lane()]);
    while (acknowledged.length < 100) await new Promise((resolve) => setTimeout(resolve, 10));
    const before = [...acknowledged];
    const folder = join(await temporaryFolder(), 'backup');
    const made = await dunlin(['backup', folder, where(server)]);
    assert.equal(made.code, 0, made.stderr);
    assert.equal(((await stat(join(folder, 'signing-key.pem'))).mode & 0o777).toString(8), '600');
    const between = acknowledged.length;
    while (acknowledged.length < between + 50) await new Promise((resolve) => setTimeout(resolve, 10));
    running = false;
    await Promise.all(load);

    // What the backup holds has to be undone by the restore to be seen: these are not in it.
    await owner.ask('group.update', { conversation: group, name: 'After' });
    const late = await register(server, 'late');
    const all = await history(server, owner.account, group);
    const restored = await dunlin(['restore', folder, where(server)]);
    assert.equal(restored.code, 0, restored.stderr);

    const back = await history(server, owner.account, group);
    assert.deepEqual(back, all.slice(0, back.length), 'the stream is a beginning of what it was');
    const held = new Set(back.map((e) => e.id));
    assert.deepEqual(
      before.filter((id) => !held.has(id)),
      [],
      'acknowledged before the backup, and not in it',
    );
    assert.ok(back.length < all.length, 'the restore went back in time');
    const shown = await request(
      server,
      'GET',
      `/conversations/${group}`,
      undefined,
      owner.account.accessToken,
    );
    assert.equal(((await shown.json()) as { name: string }).name, 'Before');
    await assert.rejects(login(server, late), 'who registered after the backup is there');

    // And it is a server that works: who was in it comes back and chats.
    const again = await connected(server, owner.account);
    const member = await connected(server, members[0]!);
    const id = await again.text({ conversation: group }, 'after the restore');
    const heard = await member.until(() => member.inbox.find((p) => p.id === id), 'a new message');
    assert.equal(heard.seq, back.length + 1);
    await again.client.subscribeAsync(topics.events(group), { qos: 1 });
  });

  it('a backup also starts as the data folder of a new server, and a damaged one is refused', async () => {
    const server = await started();
    const account = await register(server, 'alice');
    const alice = await connected(server, account);
    const { conversation } = await alice.ask('message.send', {
      to: { user: account.user },
      content: { type: 'text', text: 'kept' },
    });
    const { body: file } = await uploadForm(server, account, 200_000);
    const folder = await temporaryFolder();
    const made = await dunlin(['backup', join(folder, 'data'), where(server)]);
    assert.equal(made.code, 0, made.stderr);
    const again = await dunlin(['backup', join(folder, 'data'), where(server)]);
    assert.equal(again.code, 1);
    assert.match(again.stderr, /not empty/);
    const copy = await Server.create({ folder, flags: [...unlimited] });
    undo.push(() => copy.dispose());
    await copy.start();
    assert.equal((await history(copy, account, conversation))[0].content.text, 'kept');
    const { url } = await describeMedia(copy, account, file.id);
    assert.deepEqual(await fetched(copy, url), { bytes: 200_000, sha256: file.sha256 });

    const empty = await temporaryFolder();
    const refused = await dunlin(['restore', empty, where(server)]);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /no backup/);
    await alice.text({ user: account.user }, 'undisturbed');
    assert.equal((await history(server, account, conversation)).length, 2);
  });
});
