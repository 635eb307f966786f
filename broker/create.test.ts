/** The front of the broker as sockets see it, with nothing behind it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { topics } from '../protocol/topics.ts';
import { refusedWith, stages } from './fixtures/stages.ts';

const { open } = stages();
const create = { name: 'Rowing' };

describe('the broker', () => {
  it('closes a connection when its token expires, and says so', async () => {
    const stage = await open();
    const device = await stage.device();
    stage.ahead = 61_000;
    await device.ended();
    assert.deepEqual(device.refusals, ['token_expired']);
  });

  it('forgets a revoked device: its connection, its session and its will', async () => {
    const stage = await open();
    const who = { user: uuidv7(), device: uuidv7() };
    const payload = Buffer.from(JSON.stringify({ v: 1, id: uuidv7(), type: 'group.create', ...create }));
    const will = { topic: topics.outbox(who.user), payload, qos: 1, retain: false } as const;
    const device = await stage.device(who, { will });
    await device.subscribe(topics.inbox(who.user));
    await stage.broker.forget(who.device);
    await device.ended();
    assert.deepEqual(device.refusals, ['device_revoked']);
    assert.deepEqual(stage.broker.connected(who.user), []);
    assert.deepEqual(stage.submitted, [], 'a device without rights left something to say');
    const back = stage.raw(who);
    back.signIn();
    assert.equal(await refusedWith(back), 5);
  });

  it('tells presence as it is, with the time of the last sign', async () => {
    const stage = await open();
    const [alice, bob] = [await stage.device(), { user: uuidv7(), device: uuidv7() }];
    assert.deepEqual(await alice.subscribe(topics.presence(bob.user)), [1]);
    const told = () =>
      alice.packets.flatMap((p) =>
        p.cmd === 'publish' && p.topic === topics.presence(bob.user)
          ? [[JSON.parse(p.payload.toString()).online, p.retain]]
          : [],
      );
    await alice.holds(() => told().length === 1, 'the state');
    const phone = await stage.device(bob);
    await alice.holds(() => told().length === 2, 'bob online');
    assert.equal(stage.broker.presence.online(bob.user), true);
    phone.socket.destroy();
    await alice.holds(() => told().length === 3, 'bob offline');
    assert.deepEqual(told(), [
      [false, true],
      [true, false],
      [false, false],
    ]);
  });

  it('stops when what it has taken is durable and acknowledged', async () => {
    const stage = await open();
    stage.durable = false;
    const device = await stage.device();
    const { packet, messageId } = device.command('group.create', create);
    device.write(packet);
    await device.holds(() => stage.submitted.length === 1, 'the command');
    const stopping = stage.broker.stop();
    device.write(device.command('group.create', create).packet);
    setImmediate(() => stage.submitted[0]!.resolve());
    await stopping;
    await device.ended();
    assert.deepEqual(
      device.packets.flatMap((p) => (p.cmd === 'puback' ? [p.messageId] : [])),
      [messageId],
    );
    assert.equal(stage.submitted.length, 1);
  });
});
