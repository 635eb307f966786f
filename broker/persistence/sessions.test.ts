/** What the broker needs of its persistence beyond what Aedes' own suite looks at. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { Subscription } from 'aedes';
import type { PersistenceHooks } from './broker-persistence.ts';
import { SqlitePersistence } from './persistence.ts';

const folder = mkdtempSync(join(tmpdir(), 'dunlin-sessions-'));
after(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

const broker = { id: 'broker', counter: 0 };
const filter = (topic: string, qos: 0 | 1 | 2 = 1) => ({ topic, qos }) as Subscription;
const device = { id: 'device' };

async function open(hooks: Partial<PersistenceHooks> = {}, path = join(folder, `${++files}.db`)) {
  const persistence = await SqlitePersistence.open(path, { queueLimit: 3 });
  persistence.hooks = {
    acknowledged: () => false,
    plain: (topic) => topic.startsWith('open/'),
    granted: () => true,
    isHere: () => false,
    onDropped: () => {},
    ...hooks,
  };
  await persistence.setup(broker);
  const again = async () => {
    await persistence.destroy();
    return open(hooks, path);
  };
  return { persistence, again };
}

let counter = 0;
const packet = (text: string) => ({
  cmd: 'publish',
  topic: 'open/a',
  payload: Buffer.from(text),
  qos: 1,
  brokerId: broker.id,
  brokerCounter: ++counter,
});
const queued = async (persistence: SqlitePersistence) =>
  (await persistence.outgoingStream(device).toArray()).map(({ payload }) => String(payload));
const topicsOf = async (persistence: SqlitePersistence) =>
  (await persistence.subscriptionsByClient(device)).map(({ topic, qos }) => `${topic} ${qos}`).toSorted();

describe('sessions', () => {
  it('keep subscriptions of both kinds, and only those of plain MQTT are found by topic', async () => {
    const { persistence, again } = await open();
    await persistence.addSubscriptions(device, [
      filter('users/a/inbox'),
      filter('open/#'),
      filter('open/b', 0),
    ]);
    await persistence.addSubscriptions(device, [filter('users/a/inbox', 0)]);
    const { persistence: back } = await again();
    assert.deepEqual(await topicsOf(back), ['open/# 1', 'open/b 0', 'users/a/inbox 0']);
    assert.deepEqual(
      (await back.subscriptionsByTopic('open/a')).map(({ topic }) => topic),
      ['open/#'],
    );
    assert.deepEqual(await back.subscriptionsByTopic('users/a/inbox'), []);
    await back.removeSubscriptions(device, ['users/a/inbox', 'open/b']);
    assert.deepEqual(await topicsOf(back), ['open/# 1']);
    await back.cleanSubscriptions(device);
    assert.deepEqual(await topicsOf(back), []);
    await back.destroy();
  });

  it('keep nothing that was not granted', async () => {
    const { persistence, again } = await open({ granted: (_client, topic) => topic !== 'users/b/inbox' });
    await persistence.addSubscriptions(device, [filter('users/a/inbox'), filter('users/b/inbox')]);
    const { persistence: back } = await again();
    assert.deepEqual(await topicsOf(back), ['users/a/inbox 1']);
    await back.destroy();
  });

  it('queue once what several subscriptions match, and the newest when they are away', async () => {
    let dropped = 0;
    const { persistence, again } = await open({
      onDropped: (count) => {
        dropped += count;
      },
    });
    const twice = [{ clientId: device.id }, { clientId: device.id }];
    for (const text of ['1', '2', '3', '4', '5']) await persistence.outgoingEnqueueCombi(twice, packet(text));
    assert.deepEqual(await queued(persistence), ['3', '4', '5']);
    assert.equal(dropped, 2);
    const { persistence: back } = await again();
    assert.deepEqual(await queued(back), ['3', '4', '5']);
    await back.destroy();
  });

  it('that are here have more room than those that are away', async () => {
    let here = true;
    const { persistence } = await open({ isHere: () => here });
    const enqueue = (text: string) =>
      persistence.outgoingEnqueueCombi([{ clientId: device.id }], packet(text));
    for (const text of ['1', '2', '3', '4', '5']) await enqueue(text);
    assert.equal((await queued(persistence)).length, 5);
    here = false;
    await enqueue('6');
    assert.deepEqual(await queued(persistence), ['4', '5', '6']);
    await persistence.destroy();
  });

  it('lose no packet to an acknowledgement without an identifier, and one that is not to be sent', async () => {
    const { persistence } = await open();
    const [first, second] = [packet('1'), packet('2')];
    for (const one of [first, second]) await persistence.outgoingEnqueueCombi([{ clientId: device.id }], one);
    await persistence.outgoingClearMessageId(device as never, { ...first, messageId: undefined });
    assert.deepEqual(await queued(persistence), ['1', '2']);
    persistence.dropOutgoing(device, first);
    assert.deepEqual(await queued(persistence), ['2']);
    await persistence.destroy();
  });

  it('answer an update with nothing, which is all that Aedes takes for success', async () => {
    const { persistence } = await open();
    const one = packet('1');
    await persistence.outgoingEnqueueCombi([{ clientId: device.id }], one);
    const update = (more: object) => persistence.outgoingUpdate(device as never, { ...one, ...more });
    assert.equal(await update({ messageId: 1 }), undefined);
    assert.equal(
      await persistence.outgoingUpdate(device as never, { cmd: 'pubrel', messageId: 1 }),
      undefined,
    );
    await persistence.destroy();
  });

  it('of plain MQTT end when they have been away for too long; others do not', async () => {
    const here = new Set(['here']);
    const { persistence, again } = await open({ isHere: (client) => here.has(client) });
    for (const id of ['away', 'back', 'here']) await persistence.addSubscriptions({ id }, [filter('open/#')]);
    await persistence.addSubscriptions(device, [filter('users/a/inbox')]);
    persistence.left('away', 1_000);
    persistence.left('back', 2_000);
    persistence.left('here', 1_000);
    persistence.left(device.id, 1_000);
    assert.equal(await persistence.sweepSessions(5_000, 1_000), 0);
    const { persistence: later, again: andAgain } = await again();
    assert.equal(await later.sweepSessions(6_000, 1_001), 1);
    const left = async (of: SqlitePersistence, id: string) => (await of.subscriptionsByClient({ id })).length;
    assert.deepEqual(
      [await left(later, 'away'), await left(later, 'back'), await left(later, 'here')],
      [0, 1, 1],
    );
    assert.equal(await left(later, device.id), 1);
    // It was here at 6,000, which is what counts, also after a restart.
    here.clear();
    const { persistence: last } = await andAgain();
    assert.equal(await last.sweepSessions(7_000, 6_000), 1);
    assert.deepEqual([await left(last, 'back'), await left(last, 'here')], [0, 1]);
    await last.destroy();
  });
});
