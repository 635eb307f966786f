import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ModelDevice } from '../fixtures/device.ts';
import { bob, direct, ModelServer, me, quiet } from '../fixtures/model-server.ts';

it('what one sets on another device is shown: what is absent stays, also over a restart', async () => {
  const server = new ModelServer();
  server.append(direct, 'message', bob, {
    kind: 'direct',
    content: { type: 'text', text: 'hello' },
    peer: me,
  });
  const device = await ModelDevice.started(server);
  await device.connect();
  await server.pumpAll();
  await quiet();
  const shown = () => {
    const { mutedUntil, pinned, archived } = device.store.conversation(direct)!;
    return { mutedUntil, pinned, archived };
  };
  assert.deepEqual(shown(), { mutedUntil: null, pinned: false, archived: false });
  server.append(me, 'preferences.updated', me, { target: direct, muted_until: 5_000_000_000_000 });
  server.append(me, 'preferences.updated', me, { target: direct, pinned: true });
  await server.pumpAll();
  await quiet();
  assert.deepEqual(shown(), { mutedUntil: 5_000_000_000_000, pinned: true, archived: false });
  server.append(me, 'preferences.updated', me, { target: direct, muted_until: null, archived: true });
  await server.pumpAll();
  await quiet();
  assert.deepEqual(shown(), { mutedUntil: null, pinned: true, archived: true });
  await device.stop();
});
