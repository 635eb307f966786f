import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { uuidv7 } from 'uuidv7';
import { topics } from '../../protocol/topics.ts';
import type { Account } from './account.ts';

// biome-ignore lint/suspicious/noExplicitAny: payloads of every type of the contract, looked at by the tests
export type Payload = any;

/** One device of an account on MQTT.js with nothing of ours in it. */
export class Device {
  readonly account: Account;
  readonly client: MqttClient;
  /** Everything that came on the user's inbox, in order. */
  readonly inbox: Payload[] = [];
  /** Everything that came on the device's own inbox, in order. */
  readonly own: Payload[] = [];
  /** Everything else: [topic, payload, retain]. */
  readonly other: [string, Payload, boolean][] = [];
  #wake: (() => void)[] = [];

  private constructor(account: Account, client: MqttClient) {
    this.account = account;
    this.client = client;
    client.on('message', (topic, payload, packet) => {
      let value: Payload = payload;
      try {
        value = JSON.parse(payload.toString());
      } catch {
        // kept as bytes: open/# carries anything
      }
      if (topic === topics.inbox(account.user)) this.inbox.push(value);
      else if (topic === topics.deviceInbox(account.user, account.device)) this.own.push(value);
      else this.other.push([topic, value, packet.retain]);
      for (const wake of this.#wake.splice(0)) wake();
    });
    client.on('error', () => {});
  }

  /** Connects, and subscribes to both inboxes at QoS 1 unless `subscribe` is false. */
  static async connect(
    url: string,
    account: Account,
    options: IClientOptions & { subscribe?: boolean } = {},
  ): Promise<Device> {
    const { subscribe = true, ...rest } = options;
    const client = mqtt.connect(url, {
      clientId: account.device,
      username: account.user,
      password: account.deviceToken,
      clean: false,
      reconnectPeriod: 0,
      ...rest,
    });
    const device = new Device(account, client);
    await new Promise<void>((resolve, reject) => {
      client.once('connect', () => resolve());
      client.once('error', reject);
      client.once('close', () => reject(new Error('the connection was closed before CONNACK')));
    });
    if (subscribe) {
      await client.subscribeAsync(
        [topics.inbox(account.user), topics.deviceInbox(account.user, account.device)],
        { qos: 1 },
      );
    }
    return device;
  }

  /** Publishes a command and resolves with its id at the PUBACK. */
  async send(type: string, fields: object, id = uuidv7()): Promise<string> {
    await this.client.publishAsync(
      topics.outbox(this.account.user),
      JSON.stringify({ v: 1, id, type, ...fields }),
      { qos: 1 },
    );
    return id;
  }

  /** Sends a command and waits for the event, answer or refusal that carries its id. */
  async ask(type: string, fields: object = {}, id = uuidv7()): Promise<Payload> {
    await this.send(type, fields, id);
    return this.until(() => this.answerTo(id), `an answer to ${type}`);
  }

  answerTo(id: string): Payload | undefined {
    return this.own.find((p) => p.command === id) ?? this.inbox.find((p) => p.id === id);
  }

  text(to: { user: string } | { conversation: string }, text: string, more: object = {}): Promise<string> {
    return this.send('message.send', { to, content: { type: 'text', text }, ...more });
  }

  /** The texts of the messages in the inbox, in order. */
  get texts(): string[] {
    return this.inbox.filter((p) => p.type === 'message').map((p) => p.content?.text);
  }

  /** Resolves with the first truthy value of `check`, looked at after every payload. */
  async until<T>(check: () => T, what: string, timeoutMs = 10_000): Promise<NonNullable<T>> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const value = check();
      if (value) return value as NonNullable<T>;
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`${this.account.username} waited in vain for ${what}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.min(left, 200));
        this.#wake.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  async close(): Promise<void> {
    await this.client.endAsync();
  }

  /** Drops the connection without DISCONNECT. */
  drop(): void {
    this.client.stream.destroy();
    this.client.end(true);
  }
}
