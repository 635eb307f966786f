import type { EventEmitter } from 'node:events';
import type { Clock } from '../platform/clock.ts';
import type { Config } from '../platform/config/schema.ts';
import type { Logger } from '../platform/logging.ts';
import type { Metrics } from '../platform/metrics.ts';
import { needOfTopic } from '../protocol/needs.ts';
import type { Authentication, Relations, Visibility } from '../services/accounts/accounts.ts';
import type { BotRights } from '../services/accounts/bots/bots.ts';
import type { Actor } from '../services/actor.ts';
import type { Memberships } from '../services/conversations/memberships.ts';
import type { Pipeline } from '../services/messages/pipeline.ts';
import type { Receipts } from '../services/messages/receipts.ts';
import type { Queries } from '../services/queries.ts';
import { ConfinedAedes } from './aedes.ts';
import { Answers } from './answers.ts';
import type { Broker } from './broker.ts';
import { AcceptLine } from './connections/accept-line.ts';
import { Authenticate } from './connections/authenticate.ts';
import { ConnectionGuard, type ConnectRate } from './connections/connection-guard.ts';
import { type Connection, Connections } from './connections/connections.ts';
import { Lifecycle } from './connections/lifecycle.ts';
import { Listeners } from './connections/listeners.ts';
import { startSweep } from './connections/sweep.ts';
import type { RunningDelivery } from './delivery/create.ts';
import type { UserRate } from './ingest/command-rate.ts';
import { Ingest } from './ingest/ingest.ts';
import { type Nodes, onlyNode } from './nodes/nodes.ts';
import { Notices } from './notices.ts';
import { OpenCatchUp } from './open/catch-up.ts';
import type { OpenEmitter } from './open/open-emitter.ts';
import { OpenRules } from './open/rules.ts';
import type { BrokerPersistence } from './persistence/broker-persistence.ts';
import { Presence } from './presence/presence.ts';
import { Subscriptions } from './subscriptions.ts';
import { mayForward } from './topic-rules/forward.ts';
import { Typing } from './typing.ts';

export interface BrokerParts {
  config: Config;
  /** Opened by the caller, who also destroys it after {@link Broker.stop}. */
  persistence: BrokerPersistence;
  /** How plain MQTT goes to other nodes, which is closed with the broker; undefined: there are none. */
  emitter?: OpenEmitter;
  /** Milliseconds between two signs of life for other nodes; one is dead that gives none three times. Default: a minute. */
  heartbeatMs?: number;
  authentication: Pick<Authentication, 'authenticateDevice'>;
  visibility: Visibility;
  relations: Pick<Relations, 'blocked'>;
  memberships: Pick<Memberships, 'role' | 'members'>;
  pipeline: Pick<Pipeline, 'submit'>;
  queries: Queries;
  receipts: Pick<Receipts, 'read'>;
  bots: BotRights;
  /** Commands of each user, counted together with those over HTTP. */
  userRate: UserRate;
  /** Connection attempts of each address, where several processes count them together; absent: this one by itself. */
  connectRate?: ConnectRate;
  /** Absent: there are no others. Stopped by the caller, after {@link Broker.stop}. */
  nodes?: Pick<Nodes, 'bus' | 'online' | 'claims'>;
  /** Stopped with the broker. */
  delivery: RunningDelivery;
  /** Notes that a device is, or was, here; `at` in ms since the epoch. */
  seen(actor: Actor, at: number): void;
  lastSeen(user: string): Promise<number | null>;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
}

const CONNECT_TIMEOUT_MS = 10_000;
/** A device of plain MQTT that takes nothing for so long is disconnected. */
const DRAIN_TIMEOUT_MS = 30_000;
/** Packets that a client may send ahead of its CONNACK. */
const MOST_AHEAD = 64;
/** QoS 2 handshakes of one device under way. */
const MOST_HANDSHAKES = 200;
/** Client ids are device ids: longer than the 23 bytes of MQTT 3.1. */
const CLIENT_ID_LENGTH = 36;

export async function createBroker(parts: BrokerParts): Promise<Broker> {
  const { config, persistence, delivery, memberships, visibility, clock, logger, metrics } = parts;
  const { limits } = config;
  const { bus, online, claims } = parts.nodes ?? onlyNode();
  const open = new OpenRules(config.open);
  const connections = new Connections();
  const answers = new Answers(delivery, (connection) => {
    logger.info(connection.actor, 'a device takes no answers: closed');
    metrics.refusals_total.labels('rate_limited').inc();
    connection.client.close();
  });
  const notices = new Notices(delivery, metrics, logger);
  const guard = new ConnectionGuard(
    limits,
    clock,
    (code) => metrics.connects_refused_total.labels(code).inc(),
    parts.connectRate,
  );
  const isConnected = (user: string) => readyOf(connections, user).length > 0;
  const presence = new Presence({
    visibility,
    lastSeen: parts.lastSeen,
    online,
    isConnected,
    graceSeconds: config.presence.graceSeconds,
    clock,
    metrics,
    logger,
  });
  const subscriptions = new Subscriptions({
    rules: { memberships, visibility, open },
    connections,
    bots: parts.bots,
    delivery,
    presence,
    persistence,
    notices,
    limits,
    clock,
    logger,
  });
  const typing = new Typing({
    ...{ connections, memberships, bus, clock, metrics },
    relations: parts.relations,
    concerns: (conversation) => delivery.wants(conversation),
    perSecond: limits.typingPerSecond,
  });
  const stopHearing = bus.onMessage((message) => {
    if (message.kind === 'typing') void typing.receive(message.notice);
  });
  const line = new AcceptLine({
    perSecond: limits.connectsPerSecond,
    clock,
    onRefused: () => metrics.connects_refused_total.labels('overloaded').inc(),
    onWaiting: (count) => metrics.connects_waiting.set(count),
  });
  const ingest = new Ingest({
    ...{ connections, open, answers, notices, limits, clock, metrics },
    ...{ pipeline: parts.pipeline, receipts: parts.receipts, queries: parts.queries },
    userRate: parts.userRate,
    bots: parts.bots,
    typing,
    distribute: (packet, client) => aedes.distribution.take(packet, client),
    deny: (packet) => aedes.denied.add(packet),
  });
  const authenticate = new Authenticate({
    authentication: parts.authentication,
    bots: parts.bots,
    ...{ connections, claims, open, limits, metrics, logger },
    takenOver: (connection) => lifecycle.takenOver(connection),
    endOlder: (connection) => lifecycle.endOlder(connection),
    draining: () => guard.draining,
    origin: (client) => lifecycle.origin(client),
  });

  const plain = (topic: string) => open.owns(topic);
  persistence.hooks = {
    acknowledged: (client, packetId) => delivery.acknowledged(client, packetId),
    plain,
    granted: (client, topic) => subscriptions.granted(client, topic),
    isHere: (client) => connections.ofDevice(client) !== undefined,
    onDropped: (count) => metrics.open_dropped_total.inc(count),
  };
  const { emitter } = parts;
  const aedes = new ConfinedAedes(
    {
      persistence,
      ...(emitter === undefined ? {} : { mq: emitter as never }),
      ...(parts.heartbeatMs === undefined ? {} : { heartbeatInterval: parts.heartbeatMs }),
      // No limit over all clients: one that does not read would hold up all others.
      concurrency: 0,
      connectTimeout: CONNECT_TIMEOUT_MS,
      drainTimeout: DRAIN_TIMEOUT_MS,
      queueLimit: MOST_AHEAD,
      maxInflightInbound: MOST_HANDSHAKES,
      maxClientsIdLength: CLIENT_ID_LENGTH,
      preConnect(_client, packet, done) {
        authenticate.preConnect(packet);
        done(null, true);
      },
      authenticate: (client, username, password, done) =>
        authenticate.authenticate(client, username, password, done as never),
      authorizePublish: (client, packet, done) => ingest.publish(client, packet, done),
      authorizeSubscribe: (client, subscription, done) => subscriptions.authorize(client, subscription, done),
      authorizeForward(client, packet) {
        const connection = connections.ofClient(client);
        if (connection === undefined || connection.revoked) return null;
        const { actor, bot, client: inner } = connection;
        const may = !bot || parts.bots.mayStill(actor.user, needOfTopic(packet.topic));
        if (may && mayForward(actor.user, inner.conn, packet, open)) return packet;
        if (packet.qos > 0) persistence.dropOutgoing(client, packet);
        return null;
      },
    },
    plain,
  );
  if (emitter !== undefined) {
    const catchUp = new OpenCatchUp({ connections, persistence, open, node: aedes.id });
    emitter.onGap = () => catchUp.run();
  }
  aedes.on('subscribe', (granted, client) => subscriptions.subscribed(granted, client));
  aedes.on('unsubscribe', (topics, client) => subscriptions.unsubscribed(topics, client));
  aedes.on('clientError', (client, error) =>
    logger.debug({ err: error, device: client.id }, 'connection lost'),
  );
  aedes.on('connectionError', (_client, error) => logger.debug({ err: error }, 'connection lost'));
  (aedes as EventEmitter).on('error', (error: Error) =>
    logger.error({ err: error }, 'the broker failed at something'),
  );
  await aedes.listen();

  const lifecycle = new Lifecycle({
    handle: (stream) => aedes.handle(stream),
    packetBytes: limits.packetBytes,
    onReady: (connection) => sweep.connected(connection),
    seen: parts.seen,
    ...{ connections, delivery, subscriptions, presence, persistence, notices, clock, logger, metrics },
  });
  aedes.on('clientReady', (client) => lifecycle.ready(client));
  aedes.on('clientDisconnect', (client) => lifecycle.gone(client));

  const listeners = new Listeners(config, logger, {
    admit(socket, ip, serve) {
      if (guard.admit(socket, ip)) line.take(socket, serve);
    },
    connected: (stream, ip, transport) => lifecycle.take(stream, ip, transport),
  });
  const sweep = startSweep({
    connections,
    persistence,
    sessionDays: config.open.enabled ? config.open.sessionDays : null,
    onExpired: (connection) => lifecycle.farewell(connection, 'token_expired'),
    seen: parts.seen,
    clock,
    logger,
  });

  async function drain(): Promise<void> {
    guard.draining = true;
    listeners.close();
    line.close();
  }

  return {
    presence,
    get ports() {
      return listeners.ports;
    },
    listen: () => listeners.listen(),
    accept(stream, ip) {
      if (!guard.admit(stream, ip)) return false;
      return line.take(stream, () => lifecycle.take(stream, ip, 'ws'));
    },
    reloadCertificates: () => listeners.reloadCertificates(),
    disconnect(device, why) {
      for (const connection of [...connections.everyOfDevice(device)]) {
        logger.info({ ...connection.actor, why }, 'a device is disconnected');
        connection.client.close();
      }
    },
    rightsChanged(user) {
      for (const connection of [...connections.ofUser(user)]) {
        logger.info(connection.actor, 'a bot is disconnected: what it may do was changed');
        connection.client.close();
      }
    },
    async forget(device) {
      connections.forget(device);
      for (const connection of [...connections.everyOfDevice(device)]) lifecycle.revoke(connection);
      await persistence.cleanSubscriptions({ id: device });
      await persistence.cleanIncoming({ id: device });
      await persistence.delWill({ id: device });
    },
    connected: (user) => readyOf(connections, user).map(({ actor }) => actor.device),
    drain,
    async stop() {
      await drain();
      sweep.stop();
      await ingest.stop();
      // What was acknowledged just now is on its way.
      await new Promise(setImmediate);
      // Wills stay stored: who is back after a restart has not gone [MQTT 3.1.1 §3.1.2.5, non normative].
      for (const { client } of connections.admitted()) client.will = null;
      await new Promise<void>((resolve) => aedes.close(resolve));
      guard.destroyAll();
      stopHearing();
      presence.stop();
      await ingest.settled();
      await delivery.stop();
    },
  };
}

function readyOf(connections: Connections, user: string): Connection[] {
  return [...connections.ofUser(user)].filter(({ ready }) => ready);
}
