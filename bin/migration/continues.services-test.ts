import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { openMessagesDatabase } from '../../services/messages/sqlite.ts';
import { sharedEngine } from '../../test/engines/shared.ts';
import { login } from '../../test/harness/account.ts';
import { Device, type Payload } from '../../test/harness/device.ts';
import { dunlin } from '../../test/harness/dunlin.ts';
import { unlimited } from '../../test/harness/flags.ts';
import { Person } from '../../test/harness/person.ts';
import { Server } from '../../test/harness/server.ts';
import { ownServers } from './fixtures/servers.ts';

const [postgres, mongodb, redis] = [sharedEngine('postgres'), sharedEngine('mongodb'), sharedEngine('redis')];
const skip = postgres.skip || mongodb.skip || redis.skip;
const open = [
  '--open.enabled',
  `--open.rules=${JSON.stringify([{ users: 'all', allow: 'both', topic: '#' }])}`,
];

describe('An installation that was moved', { skip }, () => {
  it('goes on where it was: the same people, devices, sequences, sessions, and what was accepted and not handled', async () => {
    const servers = await ownServers({ postgres: postgres.url, mongodb: mongodb.url, redis: redis.url });
    const embedded = await Server.started({ flags: [...unlimited, ...open] }).catch(async (error) => {
      await servers.dispose();
      throw error;
    });
    const devices: Device[] = [];
    let moved: Server | null = null;
    try {
      const ann = await Person.registered(embedded, 'mqtt', 'ann');
      const bob = await Person.registered(embedded, 'mqtt', 'bob');
      devices.push(ann.device, bob.device);
      const group = (await ann.does('group.create', { name: 'Hall', members: [bob.user] }))
        .conversation as string;
      const heard = (text: string) => bob.hears((p) => p.content?.text === text, text);
      for (let n = 0; n < 10; n++) await ann.says({ conversation: group }, `before ${n}`);
      await heard('before 9');
      await bob.does('message.react', { conversation: group, seq: 3, emoji: '👍' });
      await bob.device.client.subscribeAsync('open/hall/#', { qos: 1 });
      await ann.device.client.publishAsync('open/hall/kept', 'warm', { qos: 1, retain: true });
      await bob.device.close();
      for (let n = 0; n < 5; n++) await ann.says({ conversation: group }, `away ${n}`);
      await ann.device.client.publishAsync('open/hall/live', '21', { qos: 1 });
      const before = await ann.reads(group);
      await ann.device.close();
      await embedded.stop();

      // Accepted, and not handled when the process ended.
      const folder = join(embedded.folder, 'data');
      const left = {
        v: 1 as const,
        id: uuidv7(),
        type: 'message.send' as const,
        to: { conversation: group },
      };
      const command = { ...left, content: { type: 'text' as const, text: 'left in the log' } };
      const { user, device } = ann.device.account;
      const database = await openMessagesDatabase(join(folder, 'messages.db'));
      const entry = {
        actor: { user, device },
        acceptedAt: Date.now(),
        command,
        text: JSON.stringify(command),
      };
      await database.log.append(entry);
      await database.close();

      const { code, stdout, stderr } = await dunlin(['migrate', `--data.folder=${folder}`, ...servers.flags]);
      assert.equal(code, 0, stderr);
      assert.match(stdout, /1 command was accepted/);
      const key = /DUNLIN_TOKENS_SIGNING_KEY_FILE=(\S+signing-key\.pem)/.exec(stdout)![1]!;

      moved = await Server.started({
        flags: [...unlimited, ...open, ...servers.flags, `--engines.log=${servers.urls.redis}`],
        env: { DUNLIN_TOKENS_SIGNING_KEY_FILE: key },
      });
      // Without subscribing: the session has it.
      const again = await Device.connect(moved.mqtt, bob.device.account, { subscribe: false });
      const annAgain = await Person.on(moved, 'mqtt', ann.device.account);
      devices.push(again, annAgain.device);
      const event = await annAgain.says({ conversation: group }, 'after');
      await again.until(() => again.texts.includes('after'), 'what was said after');
      const missed = ['away 0', 'away 1', 'away 2', 'away 3', 'away 4', 'left in the log', 'after'];
      assert.deepEqual(again.texts, missed);
      await again.until(() => again.other.some(([topic]) => topic === 'open/hall/live'), 'what was queued');
      assert.equal(event.seq, before.at(-1).seq + 2);
      const all = await annAgain.reads(group);
      assert.deepEqual(all.slice(0, before.length), before);
      assert.deepEqual(
        all.map(({ seq }: Payload) => seq),
        all.map((_: Payload, i: number) => i + 1),
      );
      const [kept] = await keptOn(annAgain.device, 'open/hall/kept');
      assert.equal(kept, 'warm');
      assert.equal((await login(moved, bob.device.account)).user, bob.user);
    } finally {
      for (const device of devices) device.drop();
      await moved?.dispose();
      await embedded.dispose();
      await servers.dispose();
    }
  });
});

async function keptOn(device: Device, topic: string): Promise<string[]> {
  await device.client.subscribeAsync(topic, { qos: 1 });
  const found = () => device.other.filter(([on, , retained]) => on === topic && retained);
  await device.until(() => found().length > 0, topic);
  return found().map(([, payload]) => String(payload));
}
