/** QoS 2 to a session: each handshake on its own, however many are under way, and over a restart. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { SqlitePersistence } from './persistence.ts';

const folder = mkdtempSync(join(tmpdir(), 'dunlin-outgoing-'));
const opened = new Set<SqlitePersistence>();
after(async () => {
  // Of a test that failed half way: its thread would keep the process.
  for (const persistence of opened) await persistence.destroy();
  rmSync(folder, { recursive: true, force: true });
});

const client = { id: 'reader' } as never;
const publish = (counter: number) => ({
  cmd: 'publish',
  topic: 'open/x',
  payload: Buffer.from(String(counter)),
  qos: 2,
  dup: false,
  retain: false,
  brokerId: 'broker',
  brokerCounter: counter,
});

async function open(): Promise<SqlitePersistence> {
  const persistence = await SqlitePersistence.open(join(folder, 'broker.db'));
  opened.add(persistence);
  await persistence.setup({ id: 'broker' });
  return persistence;
}

async function close(persistence: SqlitePersistence): Promise<void> {
  opened.delete(persistence);
  await persistence.destroy();
}

async function waiting(persistence: SqlitePersistence): Promise<[string, number][]> {
  const packets: [string, number][] = [];
  for await (const { cmd, messageId } of persistence.outgoingStream(client)) packets.push([cmd, messageId]);
  return packets;
}

it('a PUBREL is nobody else’s PUBREL, and when one is done the others are still there after a restart', async () => {
  const before = await open();
  for (const n of [1, 2, 3]) {
    await before.outgoingEnqueueCombi([{ clientId: 'reader' }], publish(n));
    await before.outgoingUpdate(client, { ...publish(n), messageId: 100 + n });
  }
  const first = { cmd: 'pubrel', messageId: 101 };
  const second = { cmd: 'pubrel', messageId: 102 };
  await Promise.all([before.outgoingUpdate(client, first), before.outgoingUpdate(client, second)]);
  // Aedes writes these after the update.
  assert.deepEqual([first.messageId, second.messageId], [101, 102]);
  const all: [string, number][] = [
    ['pubrel', 101],
    ['pubrel', 102],
    ['publish', 103],
  ];
  assert.deepEqual(await waiting(before), all);
  await before.outgoingClearMessageId(client, { messageId: 101 });
  await close(before);

  const again = await open();
  assert.deepEqual(await waiting(again), all.slice(1));
  await again.outgoingClearMessageId(client, { messageId: 102 });
  await close(again);
  const last = await open();
  assert.deepEqual(await waiting(last), all.slice(2));
  await close(last);
});
