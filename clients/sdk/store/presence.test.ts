import assert from 'node:assert/strict';
import { it } from 'node:test';
import { topics } from '../../../protocol/topics.ts';
import { ModelDevice } from '../fixtures/device.ts';
import { bob, direct, ModelServer, me, quiet } from '../fixtures/model-server.ts';

it('who is followed before one has anything with them is asked for again when one has', async () => {
  const server = new ModelServer();
  const device = await ModelDevice.started(server);
  await device.connect();
  const asked: string[] = [];
  const watch = device.wire.watch.bind(device.wire);
  device.wire.watch = (topic) => {
    asked.push(topic);
    watch(topic);
  };
  device.store.follow({ presence: bob });
  assert.deepEqual(asked, [topics.presence(bob)]);
  const says = (text: string) =>
    server.append(direct, 'message', bob, { kind: 'direct', content: { type: 'text', text }, peer: me });
  says('hello');
  await server.pumpAll();
  await quiet();
  assert.deepEqual(asked, [topics.presence(bob), topics.presence(bob)]);
  says('again');
  await server.pumpAll();
  await quiet();
  assert.equal(asked.length, 2, 'nothing is new to see');
  assert.deepEqual([...device.wire.watched], [topics.presence(bob)]);
  await device.stop();
});
