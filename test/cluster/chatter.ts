import { setTimeout as pause } from 'node:timers/promises';
import mqtt, { type MqttClient } from 'mqtt';
import { topics } from '../../protocol/topics.ts';
import type { Account } from '../harness/account.ts';
import type { Payload } from '../harness/device.ts';
import type { Reachable } from '../harness/server.ts';
import { Received } from './received.ts';

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 3_000;
/** After a refusal that names no time. */
const RETRY_MS = 500;
/** A device on a frozen node notices after one and a half of it. */
const KEEP_ALIVE_SECONDS = 6;
const CONNECT_MS = 5_000;
const MOST_CHANGES = 60;

/**
 * A device as a real user's, on MQTT.js with nothing of ours in it: it comes back by itself with growing pauses, sends again what was not
 * acknowledged, and what was refused for now, under the same id; and it notes what it got.
 */
export class Chatter {
  readonly account: Account;
  /** Commands that others had sent when it signed in: what was sent after them is its to receive, too. */
  readonly sentBefore: number;
  readonly received = new Received();
  /** The newest presence that it was told, by user. */
  readonly presence = new Map<string, Payload>();
  /** Why it could not connect last. */
  lastError = '';
  /** The newest ends and beginnings of its connection. */
  readonly #changes: string[] = [];
  #left = false;
  readonly #client: MqttClient;
  /** Commands without an acknowledgement yet. */
  readonly #underWay = new Set<string>();
  /** The refusal of a command that is under way, by its id. */
  readonly #refused = new Map<string, Payload>();

  constructor(server: Reachable, account: Account, sentBefore = 0) {
    this.account = account;
    this.sentBefore = sentBefore;
    this.#client = mqtt.connect(server.mqtt, {
      clientId: account.device,
      username: account.user,
      password: account.deviceToken,
      clean: false,
      reconnectPeriod: FIRST_PAUSE_MS,
      connectTimeout: CONNECT_MS,
      keepalive: KEEP_ALIVE_SECONDS,
      // Without it MQTT.js stays away for good after "server unavailable".
      reconnectOnConnackError: true,
    });
    const { options } = this.#client;
    const inboxes = [topics.inbox(account.user), topics.deviceInbox(account.user, account.device)];
    this.#client.on('error', (error) => {
      this.lastError = error.message;
    });
    this.#client.on('close', () => {
      this.#changed('closed');
      options.reconnectPeriod = jittered(Math.min(2 * options.reconnectPeriod!, LONGEST_PAUSE_MS));
    });
    this.#client.on('connect', ({ sessionPresent }) => {
      this.#changed(sessionPresent ? 'connected' : 'connected without a session');
      options.reconnectPeriod = jittered(FIRST_PAUSE_MS);
      this.#client.subscribe(inboxes, { qos: 1 });
    });
    this.#client.on('message', (_topic, payload, { dup }) => this.#got(JSON.parse(payload.toString()), dup));
  }

  get connected(): boolean {
    return this.#client.connected;
  }

  /** For those who want to know why something of it is not there. */
  get state(): string {
    const connection = this.connected ? 'connected' : `not connected: ${this.lastError}`;
    // What MQTT.js itself still waits for: a command that is not among it was lost there.
    const { outgoing } = this.#client as unknown as { outgoing: Record<string, { cmd: string }> };
    const waiting = Object.values(outgoing).map(({ cmd }) => cmd);
    return `${connection}; MQTT.js waits for the end of ${waiting.join(', ') || 'nothing'}`;
  }

  /** When its connection began and ended last, for who wonders how it missed something. */
  get trace(): string {
    return this.#changes.join(', ');
  }

  /** From now on it is told of these users' presence, also after it was away. */
  async watch(users: readonly string[]): Promise<void> {
    await this.#client.subscribeAsync(users.map(topics.presence), { qos: 0 });
  }

  /** Resolves when the command was accepted; false: it never can be, which is a problem, or the device has left. */
  async send(command: { id: string }): Promise<boolean> {
    const { id } = command;
    while (!this.#left) {
      this.#refused.delete(id);
      this.#underWay.add(id);
      try {
        const topic = topics.outbox(this.account.user);
        await this.#client.publishAsync(topic, JSON.stringify({ v: 1, ...command }), { qos: 1 });
      } catch {
        // MQTT.js has given it up: the connection ended before it was written.
        await pause(RETRY_MS);
        continue;
      }
      // It comes before the acknowledgement.
      this.#underWay.delete(id);
      const refusal = this.#refused.get(id);
      if (refusal === undefined) return true;
      if (!refusal.retry) {
        this.received.problems.push(`refused for good: ${JSON.stringify(refusal)}`);
        return false;
      }
      await pause(refusal.retry_after_ms ?? RETRY_MS);
    }
    return false;
  }

  /** The network is gone for a moment. */
  cut(): void {
    this.#client.stream.destroy();
  }

  /** Goes, politely or by losing the network, and does not come back. */
  async leave(politely: boolean): Promise<void> {
    this.#left = true;
    if (!politely) this.cut();
    await this.#client.endAsync(!politely);
  }

  #changed(what: string): void {
    this.#changes.push(`${new Date().toISOString().slice(11, 23)} ${what}`);
    if (this.#changes.length > MOST_CHANGES) this.#changes.shift();
  }

  /** `dup`: it may have been here before. */
  #got(payload: Payload, dup: boolean): void {
    if (payload.type === 'presence') this.presence.set(payload.user, payload);
    else if (payload.type === 'refused' && payload.seq === undefined) this.#isRefused(payload, dup);
    else if (payload.type === 'refused')
      this.received.problems.push(`accepted and refused later: ${JSON.stringify(payload)}`);
    else if (payload.seq !== undefined) this.received.note(payload);
  }

  #isRefused({ command, error }: Payload, dup: boolean): void {
    if (this.#underWay.has(command)) this.#refused.set(command, error);
    else if (!dup)
      this.received.problems.push(`refused after its acknowledgement: ${command}: ${JSON.stringify(error)}`);
  }
}

/** Between half of it and one and a half. */
const jittered = (ms: number) => ms * (0.5 + Math.random());
