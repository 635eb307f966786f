import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Person } from '../harness/person.ts';
import { Cluster, missingEngines } from './cluster.ts';

const skip = (await missingEngines()) ?? false;

describe('a story on several nodes', { skip, timeout: 300_000 }, () => {
  let cluster: Cluster;
  before(async () => {
    cluster = await Cluster.started();
  });
  after(() => cluster?.dispose());

  it('chats across nodes, over MQTT and HTTP', async () => {
    const alice = await Person.on(
      cluster.at(0),
      'mqtt',
      (await Person.registered(cluster, 'http', 'alice')).device.account,
    );
    const bob = await Person.registered(cluster.at(1), 'mqtt', 'bob');
    const { conversation, seq } = await alice.says({ user: bob.user }, 'hello');
    assert.equal(seq, 1);
    const heard = await bob.hears((p) => p.type === 'message' && p.conversation === conversation, 'hello');
    assert.equal(heard.content.text, 'hello');
    await alice.hears(
      (p) =>
        p.type === 'receipts' &&
        p.conversation === conversation &&
        p.receipts.some(
          (r: { user: string; delivered?: number }) => r.user === bob.user && r.delivered === 1,
        ),
      'that it was delivered',
    );
    for (const person of [alice, bob]) person.drop();
  });
});
