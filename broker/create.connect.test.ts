/** The front of the broker as sockets see it, with nothing behind it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { topics } from '../protocol/topics.ts';
import type { RawDevice } from './fixtures/stage.ts';
import { isTurnedAway, refusedWith, stages } from './fixtures/stages.ts';
import { until } from './nodes/fixtures/until.ts';
import { onlyNode } from './nodes/nodes.ts';
import type { Claim } from './nodes/session-claims.ts';

const { open } = stages();
const create = { name: 'Rowing' };

describe('the broker at CONNECT', () => {
  const wills = {
    elsewhere: { topic: topics.inbox(uuidv7()), payload: Buffer.from('x') },
    typing: { topic: topics.typing(uuidv7()), payload: Buffer.from('x') },
  };
  for (const [what, more, code] of [
    ['a wrong password', { password: Buffer.from('wrong') }, 4],
    ['no password', { username: undefined, password: undefined }, 4],
    ['an expired token', { password: Buffer.from('expired') }, 5],
    ['a will elsewhere', { will: { ...wills.elsewhere, qos: 1, retain: false } }, 5],
    ['a will of typing', { will: { ...wills.typing, qos: 0, retain: false } }, 5],
  ] as const)
    it(`refuses ${what}`, async () => {
      const stage = await open();
      const device = stage.raw();
      device.signIn(more as object);
      assert.equal(await refusedWith(device), code);
      assert.deepEqual(stage.told, []);
    });

  it('serves those who come all at once one after the other, and closes those for whom there is no room', async () => {
    const stage = await open((config) => {
      config.limits.connectsPerSecond = 2;
    });
    const devices = Array.from({ length: 10 }, () => stage.raw());
    for (const device of devices) device.signIn();
    // Two at once, four that wait.
    const closed = () => devices.filter(({ socket }) => socket.destroyed).length;
    await until(() => closed() === 4);
    const isIn = (device: RawDevice) => device.packets.some((p) => p.cmd === 'connack' && p.returnCode === 0);
    const waiting = devices.filter(({ socket }) => !socket.destroyed);
    for (const device of waiting) await device.holds(() => isIn(device), 'CONNACK');
    assert.equal(devices.filter(isIn).length, 6);
    assert.equal(await stage.count('connects_refused_total', 'overloaded'), 4);
    assert.equal((await stage.metrics.connects_waiting.get()).values[0]!.value, 0);
  });

  it('lets nobody in whose device has connected elsewhere meanwhile, and keeps no claim of who is refused', async () => {
    let released = 0;
    let answer: Claim | null = null;
    const nodes = { ...onlyNode(), claims: { claim: async () => answer, stop: async () => {} } };
    const stage = await open(undefined, { nodes });
    const late = stage.raw();
    late.signIn();
    await isTurnedAway(late);
    assert.deepEqual(stage.told, []);
    answer = { release: () => ++released > 0 };
    const device = await stage.device();
    assert.equal(released, 0);
    device.socket.destroy();
    await until(() => released === 1);
    // Refused after it was claimed.
    nodes.claims.claim = async () => {
      void stage.broker.drain();
      return answer;
    };
    const draining = stage.raw();
    draining.signIn();
    await isTurnedAway(draining);
    assert.equal(released, 2);
  });

  it('refuses a will that is no command, and takes one that is', async () => {
    const stage = await open();
    const [bad, good] = [stage.raw(), stage.raw()];
    const will = (device: RawDevice, payload: string) => ({
      will: {
        topic: topics.outbox(device.actor.user),
        payload: Buffer.from(payload),
        qos: 1,
        retain: false,
      } as const,
    });
    bad.signIn(will(bad, '{"v":1}'));
    assert.equal(await refusedWith(bad), 5);
    const id = uuidv7();
    good.signIn(will(good, JSON.stringify({ v: 1, id, type: 'group.create', ...create })));
    await good.until((p) => p.cmd === 'connack', 'CONNACK');
    assert.equal(stage.submitted.length, 0);
    good.socket.destroy();
    await good.holds(() => stage.submitted.length === 1, 'the will');
    assert.deepEqual([stage.submitted[0]!.actor, stage.submitted[0]!.id], [good.actor, id]);
  });

  it('refuses one connection too many of a user, and lets a device take over its own', async () => {
    const stage = await open((config) => {
      config.limits.connectionsPerUser = 2;
    });
    const user = uuidv7();
    const [first, second] = [
      { user, device: uuidv7() },
      { user, device: uuidv7() },
    ];
    const old = await stage.device(first);
    await stage.device(second);
    const third = stage.raw({ user, device: uuidv7() });
    third.signIn();
    assert.equal(await refusedWith(third), 3);
    await stage.device(first);
    await old.ended();
    assert.deepEqual(new Set(stage.broker.connected(user)), new Set([first.device, second.device]));
  });

  it('refuses everybody while it drains', async () => {
    const stage = await open();
    const there = await stage.device();
    const late = stage.raw();
    await new Promise((resolve) => late.socket.once('connect', resolve));
    // Accepted by the listener before it closes, and silent until then.
    await there.subscribe(topics.inbox(there.actor.user));
    await stage.broker.drain();
    late.signIn();
    await isTurnedAway(late);
    assert.equal(there.socket.closed, false);
  });

  it('acts on what was sent right behind it, in order, and before what came later', async () => {
    const stage = await open();
    const device = stage.raw();
    const commands = Array.from({ length: 40 }, () => device.command('group.create', create));
    device.write(device.connectPacket(), ...commands.slice(0, 30).map(({ packet }) => packet));
    device.write(...commands.slice(30).map(({ packet }) => packet));
    await device.until((p) => p.cmd === 'puback' && p.messageId === 40, 'the last PUBACK');
    assert.deepEqual(
      stage.submitted.map(({ id }) => id),
      commands.map(({ id }) => id),
    );
  });

  it('closes who sends much before it is known who that is', async () => {
    const stage = await open();
    const device = stage.raw();
    const commands = Array.from({ length: 100 }, () => device.command('group.create', create).packet);
    device.write(device.connectPacket(), ...commands);
    await device.ended();
  });
});
