import { connect, type Socket } from 'node:net';
import { generate, type IConnectPacket, type IPublishPacket, type Packet, parser } from 'mqtt-packet';
import { topics } from '../../protocol/topics.ts';
import type { Account } from './account.ts';
import type { Server } from './server.ts';

/** A bare socket that speaks MQTT as badly as a test wants: nothing is acknowledged unless told so. */
export class RawDevice {
  readonly socket: Socket;
  readonly packets: Packet[] = [];
  /** Answers PUBLISH at QoS 1 with PUBACK. */
  acknowledges = false;
  closed = false;
  #wake: (() => void)[] = [];

  /** `from`: the address it comes from, for limits that count addresses. */
  constructor(port: number, from = '127.0.0.1') {
    this.socket = connect({ port, host: '127.0.0.1', localAddress: from });
    const parse = parser({ protocolVersion: 4 });
    parse.on('packet', (packet) => {
      this.packets.push(packet);
      if (packet.cmd === 'publish' && packet.qos === 1 && this.acknowledges)
        this.write({ cmd: 'puback', messageId: packet.messageId! });
      this.#woken();
    });
    parse.on('error', () => {});
    this.socket.on('data', (chunk) => parse.parse(chunk as Buffer));
    this.socket.on('error', () => {});
    this.socket.on('close', () => {
      this.closed = true;
      this.#woken();
    });
  }

  /** Signs in with a persistent session and subscribes to the user's inbox. */
  static async connect(server: Server, account: Account, qos: 0 | 1 = 1): Promise<RawDevice> {
    const device = new RawDevice(server.mqttPort);
    device.write(signIn(account));
    await device.until((p) => p.cmd === 'connack' && p.returnCode === 0, 'CONNACK');
    device.write({
      cmd: 'subscribe',
      messageId: 1,
      subscriptions: [{ topic: topics.inbox(account.user), qos }],
    });
    await device.until((p) => p.cmd === 'suback', 'SUBACK');
    return device;
  }

  write(packet: Packet | Buffer): void {
    this.socket.write(Buffer.isBuffer(packet) ? packet : generate(packet));
  }

  get publishes(): IPublishPacket[] {
    return this.packets.filter((packet) => packet.cmd === 'publish');
  }

  /** Resolves with the first packet that fits; @throws when the connection ends or the time is over. */
  async until(fits: (packet: Packet) => boolean, what: string, timeoutMs = 10_000): Promise<Packet> {
    return this.#wait(() => this.packets.find(fits), what, timeoutMs, true);
  }

  /** Resolves when `check` holds, looked at after every packet. */
  async holds(check: () => boolean, what: string, timeoutMs = 30_000): Promise<void> {
    await this.#wait(() => check() || undefined, what, timeoutMs, true);
  }

  /** Resolves when the server has closed the connection. */
  async ended(what: string, timeoutMs = 10_000): Promise<void> {
    await this.#wait(
      () => this.closed || undefined,
      `the end of the connection after ${what}`,
      timeoutMs,
      false,
    );
  }

  destroy(): void {
    this.socket.destroy();
  }

  async #wait<T>(check: () => T | undefined, what: string, timeoutMs: number, open: boolean): Promise<T> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const value = check();
      if (value !== undefined) return value;
      if (open && this.closed) throw new Error(`the connection was closed while waiting for ${what}`);
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`waited in vain for ${what}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.min(left, 200));
        this.#wake.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  #woken(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}

/** A correct CONNECT of this device. */
export function signIn(account: Account, more: Partial<IConnectPacket> = {}): IConnectPacket {
  return {
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clean: false,
    clientId: account.device,
    username: account.user,
    password: Buffer.from(account.deviceToken),
    keepalive: 0,
    ...more,
  } as IConnectPacket;
}
