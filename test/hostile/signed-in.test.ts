/** Bytes that no client sends, from who has signed in: the process lives, and the chat of others goes on. */
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { generate, type Packet } from 'mqtt-packet';
import { uuidv7 } from 'uuidv7';
import { topics } from '../../protocol/topics.ts';
import { signIn } from '../harness/raw.ts';
import { publish, publishTo, Stage } from './stage.ts';

describe('hostile bytes after signing in', { timeout: 120_000 }, () => {
  let stage: Stage;
  before(async () => {
    stage = await Stage.set();
  });
  after(() => stage.clear());

  const ends: [string, () => Packet | Buffer][] = [
    ['a second CONNECT', () => signIn(stage.mallory)],
    ['a wildcard in the topic of a PUBLISH', () => publishTo(Buffer.from('open/#'))],
    ['another wildcard in it', () => publishTo(Buffer.from('users/+/outbox'))],
    ['an empty topic', () => publishTo(Buffer.alloc(0))],
    ['QoS 3', () => Buffer.from([0x36, 5, 0, 1, 0x61, 0, 1])],
    ['a PUBLISH that ends in its topic', () => Buffer.from([0x32, 3, 0, 9, 0x61])],
    ['a SUBSCRIBE to nothing', () => Buffer.from([0x82, 2, 0, 1])],
    ['a SUBSCRIBE with wrong flags', () => Buffer.from([0x80, 6, 0, 1, 0, 1, 0x61, 0])],
    ['a CONNACK', () => Buffer.from([0x20, 2, 0, 0])],
    ['a SUBACK', () => Buffer.from([0x90, 3, 0, 1, 0])],
    ['a packet type that is reserved', () => Buffer.from([0xf0, 0])],
    // More than any packet may have: the first of them may begin one, whose rest would be waited for.
    ['random bytes', () => randomBytes(300_000)],
  ];
  for (const [what, bytes] of ends) {
    it(`${what}: the connection is closed, and the device may come again`, async () => {
      const device = await stage.signedIn();
      device.write(bytes());
      await device.ended(what, 20_000);
      await stage.othersGoOn();
      (await stage.signedIn()).destroy();
    });
  }

  const tolerated: [string, () => Packet | Buffer][] = [
    ['an UNSUBSCRIBE from nothing', () => Buffer.from([0xa2, 2, 0, 1])],
    ['a zero in the topic', () => publishTo(Buffer.from('open/\0'))],
    ['a topic that is no UTF-8', () => publishTo(Buffer.from([0x6f, 0xff, 0xfe]))],
    ['101 levels', () => publishTo(Buffer.from(Array.from({ length: 101 }, () => 'a').join('/')))],
    ['a topic of 60 KB', () => publishTo(Buffer.from('a/'.repeat(30_000)))],
    ['$SYS', () => publish('$SYS/broker/uptime')],
    ['__proto__', () => publish('__proto__')],
    [
      'acknowledgements of what was never sent',
      () => Buffer.concat(Array.from({ length: 500 }, (_, i) => Buffer.from([0x40, 2, i >> 8, i & 255]))),
    ],
    [
      'PUBREL, PUBREC and PUBCOMP of nothing',
      () => Buffer.from([0x62, 2, 0, 9, 0x50, 2, 0, 9, 0x70, 2, 0, 9]),
    ],
    [
      'the same packet identifier again and again',
      () =>
        Buffer.concat(
          Array.from({ length: 200 }, () =>
            generate(
              publish(
                topics.outbox(stage.mallory.user),
                JSON.stringify({ v: 1, id: uuidv7(), type: 'privacy.get' }),
              ),
            ),
          ),
        ),
    ],
  ];
  for (const [what, bytes] of tolerated) {
    it(`${what}: is refused or ignored, and nobody else is disturbed`, async () => {
      const device = await stage.signedIn();
      device.write(bytes());
      device.write({ cmd: 'pingreq' });
      // It is answered, or the connection is closed: it may not hang.
      await device
        .until((p) => p.cmd === 'pingresp', 'PINGRESP')
        .catch(() => device.ended(`${what}, and no PINGRESP`));
      await stage.othersGoOn();
      device.destroy();
    });
  }

  it('a flood of SUBSCRIBE and UNSUBSCRIBE, and of PINGREQ', async () => {
    const device = await stage.signedIn();
    const subscribe = generate({
      cmd: 'subscribe',
      messageId: 1,
      subscriptions: [{ topic: topics.inbox(stage.mallory.user), qos: 1 }],
    });
    const unsubscribe = generate({
      cmd: 'unsubscribe',
      messageId: 2,
      unsubscriptions: [topics.inbox(stage.mallory.user)],
    });
    for (let n = 0; n < 500; n++)
      device.write(Buffer.concat([subscribe, unsubscribe, Buffer.from([0xc0, 0])]));
    await stage.othersGoOn();
    device.destroy();
  });
});
