import { connect, type Socket } from 'node:net';
import mqtt from 'mqtt-packet';
import type { Credentials, Target } from '../systems/system.ts';

/** What arrives on a connection. The buffer is reused: whatever is kept must be copied. */
export interface Listener {
  /** A PUBLISH; its payload is `buffer` from `start` to `end`. It is acknowledged by the connection. */
  publish(buffer: Buffer, start: number, end: number): void;
  puback?(packetId: number): void;
  /** All that one read brought has been handed over: the moment to write what follows from it, in one piece. */
  drained?(): void;
}

/** One read buffer for all sockets: libuv reads and calls back before it reads the next socket. */
const shared = Buffer.allocUnsafeSlow(65_536);
const CONNACK = 0x20;
const PUBLISH = 0x30;
const PUBACK = 0x40;
const SUBACK = 0x90;
/** Most bytes of a fixed header: type and four of the remaining length [MQTT-2.2.3]. */
const MAX_HEADER = 5;
const NEVER_PING_SECONDS = 1800;

/** Evenly, and in no step with the user's number (Knuth's multiplicative hash). */
const spread = (user: number, among: number) => (Math.imul(user + 1, 2_654_435_761) >>> 8) % among;

/**
 * An MQTT 3.1.1 connection that does only what a load generator needs, with its own framing of PUBLISH and PUBACK:
 * a general parser would make the generator cost as much as the broker that it measures.
 */
export class Connection {
  readonly #socket: Socket;
  readonly #listener: Listener;
  #rest: Buffer | null = null;
  #acks = Buffer.allocUnsafe(1024);
  #acksLength = 0;
  #closing = false;
  #connected: ((present: boolean) => void) | null = null;
  #subscribed: (() => void) | null = null;
  #failed: (error: Error) => void = () => {};
  /** The server had kept a session for this client. */
  sessionPresent = false;

  private constructor(port: number, listener: Listener) {
    this.#listener = listener;
    this.#socket = connect({
      port,
      host: '127.0.0.1',
      noDelay: true,
      onread: {
        buffer: shared,
        callback: (count) => {
          this.#read(shared.subarray(0, count));
          return true;
        },
      },
    });
    this.#socket.on('error', (error) => this.#failed(error));
    this.#socket.on('close', () => {
      if (!this.#closing) this.#failed(new Error('the server closed the connection'));
    });
  }

  /** Connects a user's device, at the node that falls to it: who speaks to whom is on the same node by chance alone. */
  static of({ ports, users }: Target, user: number, listener: Listener): Promise<Connection> {
    return Connection.open(ports[spread(user, ports.length)]!, users[user]!, listener);
  }

  /** Connects with a persistent session. Deliveries may come before this resolves. A connection lost later ends the process: no figure of that run would mean anything. */
  static async open(port: number, who: Credentials, listener: Listener): Promise<Connection> {
    const connection = new Connection(port, listener);
    const packet: mqtt.IConnectPacket = {
      cmd: 'connect',
      clientId: who.clientId,
      protocolId: 'MQTT',
      protocolVersion: 4,
      clean: false,
      keepalive: NEVER_PING_SECONDS,
    };
    if (who.password !== '') {
      packet.username = who.username;
      packet.password = Buffer.from(who.password);
    }
    connection.#socket.write(mqtt.generate(packet));
    connection.sessionPresent = await new Promise<boolean>((resolve, reject) => {
      connection.#connected = resolve;
      connection.#failed = reject;
    });
    connection.#failed = (error) => {
      throw error;
    };
    return connection;
  }

  async subscribe(topics: string[]): Promise<void> {
    if (topics.length === 0) return;
    const subscriptions = topics.map((topic) => ({ topic, qos: 1 as const }));
    this.#socket.write(mqtt.generate({ cmd: 'subscribe', messageId: 1, subscriptions }));
    await new Promise<void>((resolve) => {
      this.#subscribed = resolve;
    });
  }

  write(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  /** DISCONNECT: the session is kept. */
  async close(): Promise<void> {
    this.#closing = true;
    const closed = new Promise((resolve) => this.#socket.once('close', resolve));
    this.#socket.end(mqtt.generate({ cmd: 'disconnect' }));
    await closed;
  }

  #read(chunk: Buffer): void {
    const bytes = this.#rest === null ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = null;
    let at = 0;
    while (at < bytes.length) {
      let length = 0;
      let shift = 0;
      let body = at + 1;
      let byte = 0x80;
      while (byte & 0x80 && body < bytes.length && body < at + MAX_HEADER) {
        byte = bytes[body++]!;
        length |= (byte & 0x7f) << shift;
        shift += 7;
      }
      if (byte & 0x80 || body + length > bytes.length) {
        this.#rest = Buffer.from(bytes.subarray(at));
        break;
      }
      this.#packet(bytes, at, body, body + length);
      at = body + length;
    }
    // What still comes after DISCONNECT was said is not acknowledged: it comes again with the next connection.
    if (this.#acksLength > 0 && !this.#closing) {
      this.#socket.write(Buffer.from(this.#acks.subarray(0, this.#acksLength)));
    }
    this.#acksLength = 0;
    this.#listener.drained?.();
  }

  #packet(bytes: Buffer, at: number, body: number, end: number): void {
    switch (bytes[at]! & 0xf0) {
      case PUBLISH: {
        let payload = body + 2 + bytes.readUInt16BE(body);
        if (bytes[at]! & 0b0110) {
          this.#acknowledge(bytes[payload]!, bytes[payload + 1]!);
          payload += 2;
        }
        this.#listener.publish(bytes, payload, end);
        return;
      }
      case PUBACK:
        this.#listener.puback?.(bytes.readUInt16BE(body));
        return;
      case CONNACK:
        if (bytes[body + 1] === 0) this.#connected?.((bytes[body]! & 1) === 1);
        else this.#failed(new Error(`CONNACK with return code ${bytes[body + 1]}`));
        return;
      case SUBACK:
        // [MQTT-3.9.3] 0x80 is failure
        if (bytes.subarray(body + 2, end).includes(0x80)) throw new Error('a subscription was refused');
        this.#subscribed?.();
        return;
      default:
        throw new Error(`unexpected packet 0x${bytes[at]!.toString(16)}`);
    }
  }

  #acknowledge(high: number, low: number): void {
    if (this.#acksLength + 4 > this.#acks.length) {
      const larger = Buffer.allocUnsafe(this.#acks.length * 2);
      this.#acks.copy(larger);
      this.#acks = larger;
    }
    this.#acks[this.#acksLength++] = PUBACK;
    this.#acks[this.#acksLength++] = 2;
    this.#acks[this.#acksLength++] = high;
    this.#acks[this.#acksLength++] = low;
  }
}

/** Runs `open` for each index, at most `together` at a time: a thousand TCP handshakes at once measure the kernel's backlog. */
export async function openAll<T>(
  count: number,
  open: (index: number) => Promise<T>,
  together = 50,
): Promise<T[]> {
  const results: T[] = new Array(count);
  let next = 0;
  const lane = async () => {
    while (next < count) {
      const index = next++;
      results[index] = await open(index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(together, count) }, lane));
  return results;
}
