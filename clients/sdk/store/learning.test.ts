import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ModelDevice } from '../fixtures/device.ts';
import { bob, group, ModelServer, me, quiet } from '../fixtures/model-server.ts';

const added = { members: [{ user: me, role: 'member' }] };

it('a group that one is added to is called what it was called before, at once', async () => {
  const device = await ModelDevice.started(new ModelServer());
  await device.connect();
  device.server.append(group, 'members.added', bob, added);
  await device.server.pumpAll();
  await quiet();
  const { kind, name, history, role, member, timer } = device.store.conversation(group)!;
  assert.deepEqual(
    { kind, name, history, role, member, timer },
    { kind: 'group', name: 'Boats', history: 'all', role: 'member', member: true, timer: 3_600 },
  );
  assert.deepEqual(device.troubles, []);
  await device.stop();
});

it('what was heard of it meanwhile stays', async () => {
  const device = await ModelDevice.started(new ModelServer());
  await device.connect();
  let answer = () => {};
  device.server.hold = new Promise((resolve) => {
    answer = resolve;
  });
  device.server.append(group, 'members.added', bob, added);
  await device.server.pumpAll();
  await quiet();
  device.server.append(group, 'group.updated', bob, { name: 'Ships' });
  await device.server.pumpAll();
  await quiet();
  answer();
  await quiet();
  const { name, history } = device.store.conversation(group)!;
  assert.deepEqual({ name, history }, { name: 'Ships', history: 'all' });
  await device.stop();
});
