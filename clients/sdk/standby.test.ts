/** Several tabs or processes of one device. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { DunlinClient } from './client.ts';
import { ModelServer, quiet, session, Wire } from './fixtures/model-server.ts';
import { webLock } from './lock.ts';
import type { Sessions } from './session.ts';
import { MemoryStorage } from './storage.ts';

it('one connects; the next takes over with what was left, when the first is closed', async () => {
  const server = new ModelServer();
  const storage = new MemoryStorage();
  const opened: DunlinClient[] = [];
  const tab = () => {
    const client: DunlinClient = new DunlinClient({
      url: 'model:',
      session,
      sessions: {} as Sessions,
      storage,
      lock: webLock('device of alice'),
      transport: (listener) => {
        const wire = new Wire(server, listener);
        const open = wire.open.bind(wire);
        wire.open = () => {
          opened.push(client);
          open();
        };
        return wire;
      },
    });
    return client;
  };
  const [one, two, three] = [tab(), tab(), tab()];
  for (const client of [one, two, three]) await client.connect();
  await quiet();
  assert.deepEqual(opened, [one]);
  assert.deepEqual([one.status, two.status], ['online', 'offline']);

  const to = { user: session.user };
  const { id } = await two.change('message.send', { to, content: { type: 'text', text: 'of the second' } });
  await three.close();
  await one.close();
  await quiet();
  assert.deepEqual(opened, [one, two], 'one that is closed does not wait any more');
  assert.deepEqual(
    server.came.filter(({ type }) => type === 'message.send').map((command) => command.id),
    [id],
  );
  await two.close();
});
