import type { Packet } from 'mqtt-packet';
import { type Account, register } from '../harness/account.ts';
import { unlimited } from '../harness/flags.ts';
import { RawDevice, signIn } from '../harness/raw.ts';
import { Server } from '../harness/server.ts';
import { Witnesses } from '../harness/witnesses.ts';

/** A server, an account for who sends hostile bytes, and witnesses who chat meanwhile. */
export class Stage {
  readonly server: Server;
  readonly mallory: Account;
  readonly #witnesses: Witnesses;
  readonly #undo: (() => unknown)[] = [];

  private constructor(server: Server, mallory: Account, witnesses: Witnesses) {
    this.server = server;
    this.mallory = mallory;
    this.#witnesses = witnesses;
  }

  static async set(): Promise<Stage> {
    const server = await Server.started({ flags: [...unlimited, '--log.level=error'] });
    return new Stage(server, await register(server, 'mallory'), await Witnesses.of(server));
  }

  /** A connection that has said nothing yet. */
  raw(): RawDevice {
    const device = new RawDevice(this.server.mqttPort);
    this.atEnd(() => device.destroy());
    return device;
  }

  async signedIn(): Promise<RawDevice> {
    const device = this.raw();
    device.write(signIn(this.mallory));
    await device.until((p) => p.cmd === 'connack' && p.returnCode === 0, 'CONNACK');
    return device;
  }

  othersGoOn(): Promise<void> {
    return this.#witnesses.goOn();
  }

  atEnd(step: () => unknown): void {
    this.#undo.push(step);
  }

  async clear(): Promise<void> {
    for (const step of this.#undo.toReversed()) await step();
    this.#witnesses.drop();
    await this.server.dispose();
  }
}

export function publish(topic: string, payload = '{}', qos: 0 | 1 | 2 = 1): Packet {
  return {
    cmd: 'publish',
    topic,
    payload: Buffer.from(payload),
    qos,
    messageId: 7,
    dup: false,
    retain: false,
  };
}

/** A PUBLISH at QoS 1 with any bytes for a topic, which the packet library would refuse to make. */
export function publishTo(topic: Buffer): Buffer {
  const head: number[] = [0x32];
  for (let rest = 2 + topic.length + 2 + 2; ; ) {
    const digit = rest % 128;
    rest = Math.floor(rest / 128);
    head.push(rest > 0 ? digit + 128 : digit);
    if (rest === 0) break;
  }
  const length = Buffer.from([topic.length >> 8, topic.length & 255]);
  return Buffer.concat([Buffer.from(head), length, topic, Buffer.from([0, 7, 0x7b, 0x7d])]);
}
