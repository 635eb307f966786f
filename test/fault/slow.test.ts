/** Devices that stop reading, and devices that never acknowledge, while their user is flooded: nobody else notices. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Account, login, register } from '../harness/account.ts';
import { Device } from '../harness/device.ts';
import { unlimited } from '../harness/flags.ts';
import { memory, metric } from '../harness/metrics.ts';
import { RawDevice } from '../harness/raw.ts';
import { Server } from '../harness/server.ts';

const MIB = 1 << 20;
const BYTES = 60_000;
/** Together 20 MB. */
const MESSAGES = 334;
/** Devices of one user that stop reading: what the server could keep for them adds up to 400 MB. */
const DEAF = 20;
const WINDOW = 16;
/** The newest events that are kept for all devices together, a window for each, and what a busy process takes anyway. */
const ALLOWED = 64 * MIB + (DEAF + 1) * WINDOW * BYTES + 130 * MIB;

const sequences = (device: Device | RawDevice, group: string): number[] => {
  const payloads =
    device instanceof Device ? device.inbox : device.publishes.map((p) => JSON.parse(p.payload.toString()));
  return payloads.filter((p) => p.conversation === group && p.type === 'message').map((p) => p.seq);
};

describe('slow and silent devices', { timeout: 180_000 }, () => {
  let server: Server;
  const open: { drop?: () => void; destroy?: () => void }[] = [];
  const opened = <T extends (typeof open)[number]>(thing: T): T => {
    open.push(thing);
    return thing;
  };
  before(async () => {
    server = await Server.started({
      flags: [...unlimited, `--limits.inflightWindow=${WINDOW}`, '--log.level=warn'],
    });
  });
  after(async () => {
    for (const device of open) (device.drop ?? device.destroy)?.call(device);
    await server.dispose();
  });

  it('change nobody else’s delivery, cost a bounded amount of memory, and get everything in order in the end', async () => {
    const [anna, ben, cleo, slow, silent] = (await Promise.all(
      ['anna', 'ben', 'cleo', 'slow', 'silent'].map((name) => register(server, name)),
    )) as [Account, Account, Account, Account, Account];
    const sender = opened(await Device.connect(server.mqtt, anna));
    const readers = [
      opened(await Device.connect(server.mqtt, ben)),
      opened(await Device.connect(server.mqtt, cleo)),
      opened(await Device.connect(server.ws, await login(server, ben))),
    ];
    const group = await sender.send('group.create', {
      name: 'Flood',
      members: [ben.user, cleo.user, slow.user, silent.user],
    });
    await sender.until(() => sender.answerTo(group), 'the group');

    const deaf: RawDevice[] = [];
    for (let i = 0; i < DEAF; i++) {
      // At QoS 0 there is no window: only the socket says that there is no room.
      const qos = i % 2 === 0 ? 1 : 0;
      const device = opened(await RawDevice.connect(server, await login(server, slow), qos));
      device.socket.pause();
      deaf.push(device);
    }
    const mute = opened(await RawDevice.connect(server, silent));

    const atFirst = await memory(server);
    let most = 0;
    const text = 'x'.repeat(BYTES - 300);
    for (let n = 0; n < MESSAGES; n += 8) {
      await Promise.all(
        Array.from({ length: Math.min(8, MESSAGES - n) }, () => sender.text({ conversation: group }, text)),
      );
      most = Math.max(most, await memory(server));
    }
    const expected = Array.from({ length: MESSAGES }, (_, i) => i + 2);
    for (const reader of readers) {
      await reader.until(() => sequences(reader, group).length >= MESSAGES, 'the flood', 30_000);
      assert.deepEqual(sequences(reader, group), expected, reader.account.username);
    }
    most = Math.max(most, await memory(server));
    assert.ok(
      most - atFirst < ALLOWED,
      `the server grew from ${atFirst / MIB} to ${most / MIB} MiB; ${ALLOWED / MIB} are allowed`,
    );

    // What they have not taken waits in history, not in their sockets: they are behind, all of them and nobody else.
    let behind = -1;
    for (let tries = 0; tries < 100 && behind !== DEAF + 1; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      behind = await metric(server, 'dunlin_devices_behind');
    }
    assert.equal(behind, DEAF + 1);
    const lag = await metric(server, 'dunlin_delivery_lag_events');
    assert.ok(lag >= MESSAGES - WINDOW, `${lag} events wait for those who are behind`);

    // Who reads and does not acknowledge has got a window, and no more.
    await mute.holds(() => mute.publishes.length >= WINDOW, 'a window');
    assert.equal(new Set(mute.publishes.map((p) => p.messageId)).size, WINDOW);
    assert.equal(mute.publishes.length, WINDOW);
    const inflight = await metric(server, 'dunlin_inflight');
    assert.ok(inflight <= (DEAF + 4 + 1) * WINDOW, `${inflight} are in flight`);

    // Back: the one reads on, on the same connection, the other comes back with a client that acknowledges.
    const back = deaf[0]!;
    back.acknowledges = true;
    for (const { messageId } of back.publishes) back.write({ cmd: 'puback', messageId: messageId! });
    back.socket.resume();
    await back.holds(() => sequences(back, group).length >= MESSAGES, 'everything, after reading on');
    assert.deepEqual(sequences(back, group), expected);

    mute.destroy();
    const speaking = opened(await Device.connect(server.mqtt, silent));
    await speaking.until(() => sequences(speaking, group).length >= MESSAGES, 'everything', 30_000);
    assert.deepEqual(sequences(speaking, group), expected);
  });
});
