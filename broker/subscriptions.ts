import type { Client, Subscription } from 'aedes';
import type { Clock } from '../platform/clock.ts';
import type { Config } from '../platform/config/schema.ts';
import type { Logger } from '../platform/logging.ts';
import { TokenBuckets } from '../platform/token-bucket.ts';
import { type ErrorCode, Refused, refusal } from '../protocol/errors.ts';
import { needOfTopic } from '../protocol/needs.ts';
import { parseTopic } from '../protocol/topics.ts';
import type { BotRights } from '../services/accounts/bots/bots.ts';
import type { InnerClient, InnerPacket } from './aedes-inside.ts';
import type { Connection, Connections } from './connections/connections.ts';
import type { Delivery } from './delivery/delivery.ts';
import type { Notices } from './notices.ts';
import type { BrokerPersistence } from './persistence/broker-persistence.ts';
import type { Presence } from './presence/presence.ts';
import { maySubscribe, type SubscribeRules } from './topic-rules/subscribe.ts';

export interface SubscriptionParts {
  rules: SubscribeRules;
  connections: Connections;
  bots: Pick<BotRights, 'check'>;
  delivery: Pick<Delivery, 'subscribed' | 'unsubscribed'>;
  presence: Pick<Presence, 'watch' | 'unwatch'>;
  persistence: Pick<BrokerPersistence, 'removeSubscriptions'>;
  notices: Notices;
  limits: Pick<Config['limits'], 'subscriptionsPerDevice' | 'commandsPerSecondDevice' | 'commandBurstDevice'>;
  clock: Clock;
  logger: Logger;
}

/** Refused filters of one SUBSCRIBE that are told one by one. */
const MOST_TOLD = 100;
/** Longest that a SUBSCRIBE of a device that subscribes too often is held back. */
const MOST_HOLD_MS = 1_000;

type Authorized = (error: Error | null, subscription?: Subscription | null) => void;

/** Subscriptions: who gets what, and who is told of it. */
export class Subscriptions {
  readonly #parts: SubscriptionParts;
  readonly #rate: TokenBuckets;

  constructor(parts: SubscriptionParts) {
    this.#parts = parts;
    const { commandsPerSecondDevice, commandBurstDevice, subscriptionsPerDevice } = parts.limits;
    const burst = Math.max(commandBurstDevice, 2 * subscriptionsPerDevice);
    this.#rate = new TokenBuckets(commandsPerSecondDevice, burst, parts.clock);
  }

  /** Aedes' `authorizeSubscribe`: of a SUBSCRIBE, and of what a session had when it is restored. */
  authorize(client: Client, subscription: Subscription, done: Authorized): void {
    const connection = this.#parts.connections.ofClient(client);
    if (connection === undefined) return done(null, null);
    // Restored, at CONNECT: what was allowed then may not be now.
    if (!client.connected)
      return this.#decide(connection, subscription, done, () => this.#end(connection, subscription.topic));
    const refuse = (code: ErrorCode, detail?: string) =>
      this.#refuse(connection, subscription.topic, code, detail);
    const hold = this.#rate.take(connection.actor.device);
    if (hold === 0) return this.#decide(connection, subscription, done, refuse);
    setTimeout(() => this.#decide(connection, subscription, done, refuse), Math.min(hold, MOST_HOLD_MS));
  }

  #decide(
    connection: Connection,
    subscription: Subscription,
    done: Authorized,
    refuse: (code: ErrorCode, detail?: string) => void,
  ): void {
    const { topic } = subscription;
    const refused = (code: ErrorCode, detail?: string) => {
      connection.granting?.delete(topic);
      refuse(code, detail);
      done(null, null);
    };
    if (connection.revoked) return refused('topic_forbidden');
    if (!this.#room(connection, topic)) return refused('too_many_subscriptions');
    // Counts from now on: of one SUBSCRIBE all filters are looked at before the first is granted.
    connection.granting ??= new Set();
    connection.granting.add(topic);
    const allowed = connection.bot
      ? this.#mayBotSubscribe(connection, topic)
      : maySubscribe(connection.actor, topic, this.#parts.rules);
    if (allowed === true) return done(null, subscription);
    if (allowed === false) return refused('topic_forbidden');
    allowed.then(
      (yes) => (yes ? done(null, subscription) : refused('topic_forbidden')),
      (error) => {
        if (error instanceof Refused) return refused(error.refusal.code, error.refusal.detail);
        this.#parts.logger.error({ err: error, ...connection.actor }, 'a subscription could not be judged');
        refused('internal');
      },
    );
  }

  /** What nobody may is forbidden; what people may, a bot needs a scope for. @throws {Refused} scope_missing, bot_paused, forbidden */
  async #mayBotSubscribe({ actor }: Connection, topic: string): Promise<boolean> {
    if (!(await maySubscribe(actor, topic, this.#parts.rules))) return false;
    await this.#parts.bots.check(actor.user, needOfTopic(topic));
    return true;
  }

  /** The persistence's question: Aedes stores all filters of a SUBSCRIBE when one is granted. */
  granted(client: object, topic: string): boolean {
    const connection = this.#parts.connections.ofClient(client);
    return connection === undefined || this.#has(connection, topic);
  }

  /** After SUBACK. */
  subscribed(subscriptions: Subscription[], client: Client): void {
    const connection = this.#parts.connections.ofClient(client);
    if (connection === undefined || client.closed) return;
    const granted = subscriptions.filter(({ qos }) => (qos as number) !== 128);
    for (const { topic } of subscriptions) connection.granting?.delete(topic);
    if (connection.granting?.size === 0) connection.granting = null;
    this.#follow(connection, granted, true);
    this.#tellRefused(connection);
  }

  unsubscribed(topics: string[], client: Client): void {
    const connection = this.#parts.connections.ofClient(client);
    // A connection that ends is forgotten as a whole.
    if (connection === undefined || client.closed) return;
    this.#parts.delivery.unsubscribed(client, topics);
    for (const topic of topics) {
      const parsed = parseTopic(topic);
      if (parsed?.kind === 'presence') this.#parts.presence.unwatch(connection, parsed.user);
    }
  }

  /** The session is ready, with what it had: Aedes tells nobody of that. */
  restored(connection: Connection): void {
    connection.granting = null;
    const restored = Object.entries(connection.client.subscriptions).map(([topic, { qos }]) => ({
      topic,
      qos,
    }));
    this.#follow(connection, restored, false);
  }

  #follow(connection: Connection, granted: { topic: string; qos: 0 | 1 | 2 }[], asked: boolean): void {
    if (granted.length === 0) return;
    this.#parts.delivery.subscribed(connection.client, granted);
    for (const { topic } of granted) {
      const parsed = parseTopic(topic);
      if (parsed?.kind === 'presence') this.#parts.presence.watch(connection, parsed.user, asked);
    }
  }

  #room(connection: Connection, topic: string): boolean {
    if (this.#has(connection, topic)) return true;
    let count = 0;
    for (const known in connection.client.subscriptions) if (!connection.granting?.has(known)) count++;
    return count + (connection.granting?.size ?? 0) < this.#parts.limits.subscriptionsPerDevice;
  }

  #has({ client, granting }: Connection, topic: string): boolean {
    return client.subscriptions[topic] !== undefined || (granting?.has(topic) ?? false);
  }

  #refuse(connection: Connection, topic: string, code: ErrorCode, detail?: string): void {
    connection.refused ??= [];
    const why = detail === undefined ? topic : `${detail}: ${topic}`;
    if (connection.refused.length < MOST_TOLD) connection.refused.push({ topic: why, code });
  }

  /** Only now: the SUBSCRIBE may have been the one for the inbox on which the device is told. */
  #tellRefused(connection: Connection): void {
    const refused = connection.refused ?? [];
    connection.refused = null;
    for (const { topic, code } of refused) {
      if (code === 'topic_forbidden') this.#parts.notices.topicForbidden(connection, topic);
      else this.#parts.notices.refused(connection, null, refusal(code, topic.slice(0, 200)));
    }
  }

  #end({ client }: Connection, topic: string): void {
    this.#parts.persistence.removeSubscriptions(client, [topic]).catch((error) => {
      this.#parts.logger.warn(
        { err: error },
        'a subscription that is not allowed any more could not be removed',
      );
    });
  }
}

/** At QoS 2 asked for, the server's own topics are granted QoS 1, which is all that they are published at [MQTT-3.8.4-6]. */
export function clampQos(client: InnerClient): void {
  client._parser.prependListener('packet', clamp);
}

function clamp({ cmd, subscriptions }: InnerPacket): void {
  if (cmd !== 'subscribe') return;
  for (const subscription of subscriptions ?? [])
    if (subscription.qos === 2 && parseTopic(subscription.topic) !== null) subscription.qos = 1;
}
