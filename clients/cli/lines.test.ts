import assert from 'node:assert/strict';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { it } from 'node:test';
import { bob, message, stage } from './fake-client.ts';
import { openLines } from './lines.ts';

async function opened() {
  const it = await stage();
  const input = new PassThrough();
  const output = new PassThrough();
  let text = '';
  output.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const done = openLines(it.app, createInterface({ input }), output);
  return { ...it, input, done, text: () => text };
}

it('writes a line for each message, and takes a line for each command', async () => {
  const { client, input, done, text } = await opened();
  client.emit('event', message(1, bob, 'ahoy'));
  input.end('/open bob\nhello\n/quit\nnever read\n');
  await done;
  assert.match(text(), /^\[bob\] #1 bob: ahoy$/m);
  assert.deepEqual(
    client.changes.map(([, fields]) => (fields.content as { text: string }).text),
    ['hello'],
  );
});

it('writes what went wrong, once', async () => {
  const { input, done, text } = await opened();
  input.end('/nonsense\n/list\n');
  await done;
  assert.equal(text().match(/nonsense is not a command/g)?.length, 1);
});

it('lets nobody write a line in another’s name', async () => {
  const { client, input, done, text } = await opened();
  client.emit('event', message(1, bob, 'hi\n[bob] #2 alice: I agree'));
  input.end();
  await done;
  assert.equal(text(), '[bob] #1 bob: hi\n    [bob] #2 alice: I agree\n');
});

it('ends only when what was typed has been taken', async () => {
  const { client, input, done } = await opened();
  client.pending = ['c1'];
  let ended = false;
  void done.then(() => {
    ended = true;
  });
  input.end();
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(ended, false);
  client.pending = [];
  await done;
});

it('does not wait for a connection that is closed', async () => {
  const { client, input, done } = await opened();
  client.pending = ['c1'];
  client.status = 'offline';
  input.end();
  await done;
  assert.deepEqual(client.pending, ['c1']);
});

it('ends when the device is signed out, also before it ever was online', async () => {
  const it = await stage();
  it.client.status = 'connecting';
  const done = openLines(it.app, createInterface({ input: new PassThrough() }), new PassThrough());
  it.client.emit('signedOut', undefined);
  await done;
  assert.match(it.app.notes.at(-1)!, /Signed out/);
});
