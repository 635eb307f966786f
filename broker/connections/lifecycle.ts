import type { Duplex } from 'node:stream';
import type { Client } from 'aedes';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logging.ts';
import type { Metrics } from '../../platform/metrics.ts';
import { type ErrorCode, refusal } from '../../protocol/errors.ts';
import type { Actor } from '../../services/actor.ts';
import type { InnerClient } from '../aedes-inside.ts';
import type { Delivery } from '../delivery/delivery.ts';
import { confineAedes } from '../delivery/packet-ids.ts';
import type { Notices } from '../notices.ts';
import type { BrokerPersistence } from '../persistence/broker-persistence.ts';
import type { Presence } from '../presence/presence.ts';
import { clampQos, type Subscriptions } from '../subscriptions.ts';
import { closeSoon } from './close.ts';
import type { Connection, Connections, Transport } from './connections.ts';
import { forgetConnect, lightenParser } from './memory.ts';
import { packetLimit } from './packet-limit.ts';
import { readSteadily, startReading } from './reading.ts';

export interface LifecycleParts {
  /** Aedes takes the stream. */
  handle(stream: Duplex): Client;
  connections: Connections;
  packetBytes: number;
  delivery: Pick<Delivery, 'attach' | 'detach' | 'handOver'>;
  subscriptions: Pick<Subscriptions, 'restored'>;
  presence: Pick<Presence, 'came' | 'left' | 'forget'>;
  persistence: Pick<BrokerPersistence, 'left'>;
  notices: Notices;
  onReady(connection: Connection): void;
  seen(actor: Actor, at: number): void;
  clock: Clock;
  logger: Logger;
  metrics: Pick<Metrics, 'connections' | 'connects_refused_total'>;
}

/** A connection from its stream to its end: who is to know of it, and in which order. */
export class Lifecycle {
  readonly #parts: LifecycleParts;
  readonly #origins = new WeakMap<object, { ip: string; transport: Transport }>();
  readonly #limitPackets: (client: InnerClient) => void;
  /** One for all streams. */
  readonly #closed: (this: InnerClient['conn']) => void;

  constructor(parts: LifecycleParts) {
    this.#parts = parts;
    this.#limitPackets = packetLimit(parts.packetBytes, (client, declared, allowed) =>
      this.#tooLarge(client, `${declared} bytes, ${allowed} allowed`),
    );
    const gone = (client: InnerClient) => this.gone(client);
    this.#closed = function () {
      gone(this.client!);
    };
  }

  /** Where a client comes from; null: not from here. Until it is ready. */
  origin(client: object): { ip: string; transport: Transport } | null {
    return this.#origins.get(client) ?? null;
  }

  /** A stream that has been admitted. */
  take(stream: Duplex, ip: string, transport: Transport): void {
    const client = this.#parts.handle(stream) as InnerClient;
    this.#origins.set(client, { ip, transport });
    lightenParser(client);
    this.#limitPackets(client);
    readSteadily(client);
    // Before what a queue still holds is sent, which is before the session is ready.
    confineAedes(client);
    clampQos(client);
    client.conn.on('close', this.#closed);
  }

  /** Aedes' `clientReady`: after CONNACK, when the session is restored. */
  ready(client: Client): void {
    const { connections, delivery, subscriptions, presence, metrics, clock, logger } = this.#parts;
    const connection = connections.ofClient(client);
    if (connection === undefined || client.closed) return;
    this.#origins.delete(client);
    forgetConnect(connection.client);
    startReading(connection.client);
    const { actor, transport } = connection;
    connections.ready(connection);
    this.#parts.onReady(connection);
    metrics.connections.labels(transport).inc();
    this.#parts.seen(actor, clock.now());
    delivery.attach(client, actor, !client.clean);
    subscriptions.restored(connection);
    presence.came(actor.user);
    logger.debug({ ...actor, transport }, 'connected');
  }

  /** Aedes' `clientDisconnect`, or the end of a stream that never came so far. */
  gone(client: Client): void {
    const { connections, delivery, presence, persistence, metrics, clock, logger } = this.#parts;
    const connection = connections.ofClient(client);
    if (connection === undefined) return;
    const wasReady = connection.ready;
    connections.remove(connection);
    const heldIt = connection.claim?.release() === true;
    connection.claim = null;
    if (!wasReady) {
      // It was to take over, and did not get so far: what it was to take over from has no claim any more.
      if (heldIt) void this.endOlder(connection);
      return;
    }
    const { actor, transport } = connection;
    metrics.connections.labels(transport).dec();
    delivery.detach(client);
    presence.forget(connection);
    presence.left(actor.user);
    const now = clock.now();
    this.#parts.seen(actor, now);
    if (!client.clean) persistence.left(client.id, now);
    logger.debug({ ...actor, transport }, 'disconnected');
  }

  /**
   * Another node has the device [MQTT-3.1.4-2], also if this connection, its newest here, has not taken over from an older one yet. Resolves
   * when where it stood is written, for the other to go on from there.
   */
  async takenOver(connection: Connection): Promise<void> {
    this.#parts.logger.debug(connection.actor, 'a device has connected to another node');
    const flushed = this.endOlder(connection);
    connection.client.close();
    await flushed;
  }

  /** What its device had here before it ends; this one gets nothing more either. */
  async endOlder(connection: Connection): Promise<void> {
    const { connections, delivery } = this.#parts;
    const flushed = delivery.handOver(connection.actor.device);
    for (const { client } of connections.beside(connection)) client.close();
    await flushed;
  }

  /** The device has lost its rights. */
  revoke(connection: Connection): void {
    const { client } = connection;
    connection.revoked = true;
    // It says nothing any more, also not that it is gone.
    client.will = null;
    if (!connection.ready) return client.close();
    this.farewell(connection, 'device_revoked');
    this.#parts.delivery.detach(client);
  }

  /** Says why, and closes. */
  farewell(connection: Connection, code: ErrorCode, detail?: string): void {
    this.#parts.notices.refused(connection, null, refusal(code, detail));
    closeSoon(connection);
  }

  #tooLarge(client: InnerClient, detail: string): void {
    const connection = this.#parts.connections.ofClient(client);
    if (connection?.ready === true) return this.farewell(connection, 'too_large', detail);
    this.#parts.metrics.connects_refused_total.labels('too_large').inc();
    client.conn.destroy();
  }
}
