import mqtt, { type MqttClient } from 'mqtt';
import { topics } from '../../protocol/topics.ts';
import { RefusedError, type Session, type Sessions } from './session.ts';
import type { Transport, TransportListener } from './transport.ts';

/** How long {@link Connection.close} waits for the other side. */
const CLOSE_TIMEOUT_MS = 2_000;
/** New tokens that are refused as well are not exchanged again before this. */
const RENEW_EVERY_MS = 10_000;

/** Refusals of a refresh that no later try can change. */
const signedOutBy = new Set<string>(['unauthenticated', 'token_expired', 'token_reused', 'device_revoked']);

/** One device's MQTT connection: comes back by itself, with new tokens where the old ones are refused. */
export class Connection implements Transport {
  readonly #url: string;
  readonly #sessions: Sessions;
  readonly #listener: TransportListener;
  readonly #reconnectMs: number;
  /** Topics at QoS 0 beside the inboxes. */
  readonly #watched = new Set<string>();
  /** Publishes without a PUBACK yet: what ends them when it will not come. */
  readonly #unacknowledged = new Set<(error: Error) => void>();
  #session: Session;
  #mqtt: MqttClient | null = null;
  #online = false;
  #renewing = false;
  #renewedAt = 0;

  /** `reconnectMs`: the least time between two attempts, milliseconds; it is up to three times as long. */
  constructor(
    url: string,
    session: Session,
    sessions: Sessions,
    listener: TransportListener,
    reconnectMs = 1_000,
  ) {
    this.#url = url;
    this.#reconnectMs = reconnectMs;
    this.#session = session;
    this.#sessions = sessions;
    this.#listener = listener;
  }

  get session(): Session {
    return this.#session;
  }

  open(): void {
    const client = mqtt.connect(this.#url, {
      clientId: this.#session.device,
      username: this.#session.user,
      password: this.#session.deviceToken,
      clean: false,
      keepalive: 30,
      connectTimeout: 10_000,
      // Spread, so that a restarted server is not met by everybody at once.
      reconnectPeriod: Math.ceil(this.#reconnectMs * (1 + Math.random() * 2)),
      // A server that has no room now, or a token for which there will be a new one.
      reconnectOnConnackError: true,
      // Done at every connection anyway.
      resubscribe: false,
      // The outbox does this, and survives a restart.
      queueQoSZero: false,
    });
    this.#mqtt = client;
    // PUBACK only when the event is kept: what a crash takes away comes again.
    client.handleMessage = (packet, done) => {
      this.#listener.received(packet.topic, packet.payload.toString()).then(
        () => done(),
        (error: unknown) => done(error as Error),
      );
    };
    client.on('connect', () => void this.#connected(client));
    client.on('close', () => {
      if (this.#mqtt !== client) return;
      this.#online = false;
      this.#listener.offline();
    });
    client.on('error', (error) => {
      const code = (error as { code?: unknown }).code;
      // CONNACK 4 and 5 [MQTT-3.2.2-4]: the token is no longer good.
      if (code === 4 || code === 5) void this.#renew(client);
    });
  }

  /** At QoS 1. Resolves at the PUBACK; rejects when there is no connection, or it is closed. One that comes back sends it again. */
  publish(topic: string, text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#mqtt === null || !this.#online) return reject(new Error('offline'));
      const settled = (error?: Error | null) => {
        this.#unacknowledged.delete(settled);
        if (error) reject(error);
        else resolve();
      };
      this.#unacknowledged.add(settled);
      this.#mqtt.publish(topic, text, { qos: 1 }, settled);
    });
  }

  /** At QoS 0, now or never. */
  tell(topic: string, text: string): void {
    if (this.#online) this.#mqtt?.publish(topic, text, { qos: 0 });
  }

  /** Subscribes at QoS 0, now and after every reconnect. */
  watch(topic: string): void {
    if (this.#watched.has(topic)) return;
    this.#watched.add(topic);
    if (this.#online) this.#mqtt?.subscribe(topic, { qos: 0 }, () => {});
  }

  unwatch(topic: string): void {
    if (this.#watched.delete(topic) && this.#online) this.#mqtt?.unsubscribe(topic, () => {});
  }

  /** Ends the connection, and every publish that waits for its PUBACK. */
  async close(): Promise<void> {
    const client = this.#mqtt;
    this.#mqtt = null;
    this.#online = false;
    if (client !== null) await disconnect(client);
    for (const fail of [...this.#unacknowledged]) fail(new Error('closed'));
  }

  async #connected(client: MqttClient): Promise<void> {
    const { user, device } = this.#session;
    try {
      await client.subscribeAsync([topics.inbox(user), topics.deviceInbox(user, device)], { qos: 1 });
    } catch {
      // Gone again, or refused: without its inbox a connection is of no use. The next one comes here again.
      if (this.#mqtt === client) client.stream.destroy();
      return;
    }
    if (this.#mqtt !== client || !client.connected) return;
    for (const topic of this.#watched) client.subscribe(topic, { qos: 0 }, () => {});
    this.#online = true;
    this.#listener.online();
  }

  async #renew(client: MqttClient): Promise<void> {
    if (this.#renewing || Date.now() - this.#renewedAt < RENEW_EVERY_MS) return;
    this.#renewing = true;
    try {
      this.#session = await this.#sessions.refresh(this.#session);
      client.options.password = this.#session.deviceToken;
      this.#renewedAt = Date.now();
    } catch (error) {
      // Unreachable, or not now: the next refused connection comes here again.
      if (!(error instanceof RefusedError) || !signedOutBy.has(error.refusal.code)) return;
      await this.#sessions.forget().catch(() => {});
      if (this.#mqtt === client) this.#listener.signedOut();
    } finally {
      this.#renewing = false;
    }
  }
}

/** With DISCONNECT where nothing is on its way; does not wait for ever for a server that is silent. */
async function disconnect(client: MqttClient): Promise<void> {
  const graceful = client.connected && Object.keys(client.outgoing).length === 0;
  const timer = setTimeout(() => client.stream.destroy(), CLOSE_TIMEOUT_MS);
  try {
    await client.endAsync(!graceful);
  } finally {
    clearTimeout(timer);
  }
}
