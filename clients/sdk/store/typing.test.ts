import assert from 'node:assert/strict';
import { it } from 'node:test';
import { topics } from '../../../protocol/topics.ts';
import { online, withGroup } from '../fixtures/chat.ts';
import { bob, group, me } from '../fixtures/model-server.ts';

it('who types is told, and forgotten when nothing more is heard', async (test) => {
  test.mock.timers.enable({ apis: ['setTimeout'] });
  const device = await online(withGroup());
  const told: string[][] = [];
  device.store.on('typing', ({ users }) => told.push(users));
  const end = device.store.follow({ typing: group });
  const typing = (user: string, active: boolean) =>
    device.wire.receive(topics.typing(group), { v: 1, type: 'typing', conversation: group, user, active });
  await typing(bob, true);
  await typing(bob, true);
  await typing(me, true);
  test.mock.timers.tick(6_000);
  await typing(bob, true);
  await typing(bob, false);
  assert.deepEqual(told, [[bob], [], [bob], []]);
  device.store.compose(group);
  device.store.compose(group);
  assert.equal(device.wire.told.length, 1, 'said now and then');
  end();
  assert.equal(device.wire.watched.size, 0);
  await device.stop();
});
