/**
 * Promise 2: two devices of one user and three members send at once, over MQTT and HTTP, every command one to three times and not
 * always from the same device. Every view there is shows the same events, in the same order, with no gap and each once.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { topics } from '../protocol/topics.ts';
import { type Account, login, register, request } from './harness/account.ts';
import { Device, type Payload } from './harness/device.ts';
import { unlimited } from './harness/flags.ts';
import { history, historyBackwards } from './harness/history.ts';
import { Server } from './harness/server.ts';

const COMMANDS = 80;
const LANES = 4;

/** Park and Miller: a run that failed can be run again with its seed. */
function random(seed: number): () => number {
  let state = (seed % 2_147_483_646) + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

describe('order', { timeout: 120_000 }, () => {
  let server: Server;
  const open: Device[] = [];
  before(async () => {
    server = await Server.started({ flags: [...unlimited, '--log.level=warn'] });
  });
  after(async () => {
    for (const device of open) device.drop();
    await server.dispose();
  });
  const connect = async (account: Account, options: { subscribe?: boolean } = {}) => {
    const device = await Device.connect(server.mqtt, account, options);
    open.push(device);
    return device;
  };

  it('is the same in every view, with each command once, however often and by whatever way it was sent', async () => {
    const seed = Date.now();
    const chance = random(seed);
    const anna = await register(server, 'anna');
    const others = [
      await register(server, 'ben'),
      await register(server, 'cleo'),
      await register(server, 'dan'),
    ];
    const [phone, tablet] = [await connect(anna), await connect(await login(server, anna))];
    const members = await Promise.all(others.map((account) => connect(account)));
    // A bot reads one conversation by its own topic, on a device that has no inbox.
    const bot = await connect(await login(server, others[0]!), { subscribe: false });
    const group = await phone.send('group.create', {
      name: 'All at once',
      members: others.map((o) => o.user),
    });
    await phone.until(() => phone.answerTo(group), 'the group');
    const granted = await bot.client.subscribeAsync(topics.events(group), { qos: 1 });
    assert.deepEqual(
      granted.map((g) => g.qos),
      [1],
    );

    /** Devices that may send a command of this one's user. */
    const senders: Device[][] = [[phone, tablet], [tablet, phone], ...members.map((m) => [m])];
    const sent: string[] = [];
    const first = new Map<string, Payload>();
    const submit = async (device: Device, id: string, text: string) => {
      const to = { conversation: group };
      const content = { type: 'text', text };
      if (chance() < 0.5) {
        await device.send('message.send', { to, content }, id);
        return;
      }
      const response = await request(
        server,
        'POST',
        '/messages/send',
        { id, to, content },
        device.account.accessToken,
      );
      assert.equal(response.status, 201, await response.clone().text());
      const event = (await response.json()) as Payload;
      assert.deepEqual(event, first.get(id) ?? event, 'a retry was answered with something else');
      first.set(id, event);
    };
    const lane = async (devices: Device[], lane: number) => {
      for (let n = 0; n < COMMANDS / LANES; n++) {
        const id = uuidv7();
        sent.push(id);
        const text = `${n} in lane ${lane} of ${devices[0]!.account.username}`;
        const tries = Array.from({ length: 1 + Math.floor(chance() * 3) }, () => {
          const device = devices[Math.floor(chance() * devices.length)]!;
          return () => submit(device, id, text);
        });
        // At once, or one after the other: a retry may overtake, and may come long after.
        if (chance() < 0.5) await Promise.all(tries.map((attempt) => attempt()));
        else for (const attempt of tries) await attempt();
      }
    };
    await Promise.all(
      senders.flatMap((devices) => Array.from({ length: LANES }, (_, i) => lane(devices, i))),
    );

    const total = sent.length + 1;
    const inboxOf = (device: Device) => device.inbox.filter((p) => p.conversation === group && p.seq);
    const botView = () => bot.other.filter(([topic]) => topic === topics.events(group)).map(([, p]) => p);
    const devices = [phone, tablet, ...members];
    for (const device of devices)
      await device.until(() => inboxOf(device).length >= total, `${total} events`, 30_000);
    await bot.until(() => botView().length >= total, `${total} events`, 30_000);

    const truth = await history(server, anna, group, 37);
    assert.deepEqual(
      truth
        .slice(1)
        .map((e) => e.id)
        .sort(),
      [...sent].sort(),
      `seed ${seed}: not each command exactly once`,
    );
    const views: [string, Payload[]][] = [
      ...devices.map((d, i): [string, Payload[]] => [`inbox ${i} of ${d.account.username}`, inboxOf(d)]),
      ['the topic of the conversation', botView()],
      ['history backwards', await historyBackwards(server, others[2]!, group, 41)],
      ['history of another member', await history(server, others[1]!, group)],
    ];
    for (const [what, view] of views) assert.deepEqual(view, truth, `seed ${seed}: ${what}`);
    for (const [id, event] of first)
      assert.deepEqual(
        event,
        truth.find((e) => e.id === id),
        `seed ${seed}: the answer over HTTP is another event`,
      );
    // And for ever: a command of Anna's that is sent again long after changes nothing.
    const early = truth.find((e) => e.sender.user === anna.user && e.type === 'message').id;
    const late = { to: { conversation: group }, content: { type: 'text', text: 'late' } };
    await phone.send('message.send', late, early);
    const end = await phone.text({ conversation: group }, 'the end');
    const last = await phone.until(() => phone.answerTo(end), 'the end');
    assert.equal(last.seq, total + 1);
  });
});
