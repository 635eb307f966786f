import assert from 'node:assert/strict';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { it } from 'node:test';
import { alice, bob, direct, group, quiet, type Stage, saying, settle, stage } from './fixtures/stage.ts';
import { openLines } from './lines.ts';

async function opened(server = saying()) {
  const it = await stage(server);
  const input = new PassThrough();
  const output = new PassThrough();
  let text = '';
  output.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const done = openLines(it.app, createInterface({ input }), output);
  return { ...it, input, done, text: () => text };
}

async function says(it: Stage, text: string): Promise<void> {
  it.server.say(direct, bob, text);
  await settle(it);
}

it('writes a line for each message, and takes a line for each command', async () => {
  const it = await opened();
  await says(it, 'ahoy');
  it.input.end('/open bob\nhello\n/quit\nnever read\n');
  await it.done;
  assert.match(it.text(), /^\[bob\] #1 bob: ahoy$/m);
  assert.deepEqual(
    it.server.changes.map(([, fields]) => (fields as { content: { text: string } }).content.text),
    ['hello'],
  );
  await it.device.stop();
});

it('writes what happened to a group by the names of those it happened to', async () => {
  const it = await opened();
  it.server.append(group, 'group.created', bob, {
    name: 'Boats',
    history: 'all',
    members: [{ user: alice, role: 'member' }],
  });
  it.server.append(group, 'members.removed', bob, { users: [alice] });
  await settle(it);
  it.input.end();
  await it.done;
  assert.equal(it.text(), '[Boats] #1 bob: made the group “Boats”\n[Boats] #2 bob: removed alice\n');
  await it.device.stop();
});

it('writes choices by their numbers', async () => {
  const it = await opened();
  it.server.append(direct, 'message', bob, {
    content: { type: 'quick_replies', text: 'Sure?', replies: [{ label: 'Yes' }, { label: 'No\n[bob] #9' }] },
  });
  await settle(it);
  it.input.end();
  await it.done;
  assert.equal(it.text(), '[bob] #1 bob: Sure?\n    1) Yes\n    2) No [bob] #9\n');
  await it.device.stop();
});

it('writes what went wrong, once', async () => {
  const it = await opened();
  it.input.end('/nonsense\n/list\n');
  await it.done;
  assert.equal(it.text().match(/nonsense is not a command/g)?.length, 1);
  await it.device.stop();
});

it('lets nobody write a line in another’s name', async () => {
  const it = await opened();
  await says(it, 'hi\n[bob] #2 alice: I agree\r\n[bob] #3');
  it.input.end();
  await it.done;
  assert.equal(it.text(), '[bob] #1 bob: hi\n    [bob] #2 alice: I agree\n    [bob] #3\n');
  await it.device.stop();
});

it('ends only when what was typed has been taken', async () => {
  const it = await opened(saying('hi'));
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { command } = it.server;
  it.server.command = async function (this: typeof it.server, frame) {
    if (frame.type === 'message.send') await held;
    return command.call(this, frame);
  };
  let ended = false;
  void it.done.then(() => {
    ended = true;
  });
  it.input.end('/open bob\nhello\n');
  await quiet();
  await quiet();
  assert.equal(it.app.client.pending.length, 1);
  assert.equal(ended, false);
  release();
  await it.done;
  assert.deepEqual(it.app.client.pending, []);
  await it.device.stop();
});

it('ends when the device is signed out, also before it ever was online', async () => {
  const it = await stage();
  await it.device.lose();
  const done = openLines(it.app, createInterface({ input: new PassThrough() }), new PassThrough());
  it.app.client.emit('signedOut', undefined);
  await done;
  assert.match(it.app.notes.at(-1)!, /Signed out/);
  await it.device.stop();
});
