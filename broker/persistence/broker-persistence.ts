import type { Readable } from 'node:stream';
import type { Client, Subscription } from 'aedes';
import type { AnyPacket } from './packing.ts';

export type ClientId = { id: string };

/** How the rest of the broker takes part in what Aedes asks its persistence. */
export interface PersistenceHooks {
  /** A PUBACK for one of delivery's own packet identifiers. */
  acknowledged(client: Client, packetId: number): boolean;
  /** Is this a topic or filter of plain MQTT? All others are delivered without the help of a persistence. */
  plain(topic: string): boolean;
  /** Whether a subscription was granted: Aedes stores the refused ones of a SUBSCRIBE with it too. */
  granted(client: ClientId, topic: string): boolean;
  /** Is the session connected to this node? */
  isHere(client: string): boolean;
  onDropped(count: number): void;
}

export const NO_HOOKS: PersistenceHooks = {
  acknowledged: () => false,
  plain: () => true,
  granted: () => true,
  isHere: () => false,
  onDropped: () => {},
};

/** How far behind a device may be that is connected; what it is sent waits here for its acknowledgement. */
export const MOST_HERE = 5_000;

/**
 * Port: what Aedes keeps, and what the broker keeps with it. The part that Aedes asks for is that of `aedes-persistence` 11, whose suite
 * every adapter passes; set the hooks before {@link setup}.
 */
export interface BrokerPersistence {
  hooks: PersistenceHooks;
  readonly broker: AnyPacket;
  setup(broker: AnyPacket): Promise<void>;

  storeRetained(packet: AnyPacket): Promise<void>;
  createRetainedStream(pattern: string): Readable;
  createRetainedStreamCombi(patterns: string[]): Readable;

  addSubscriptions(client: ClientId, subscriptions: Subscription[]): Promise<void>;
  removeSubscriptions(client: ClientId, topics: string[]): Promise<void>;
  /** The session ends: its subscriptions, and what is queued for it. */
  cleanSubscriptions(client: ClientId): Promise<void>;
  subscriptionsByClient(client: ClientId): Promise<Subscription[]>;
  /** Those of plain MQTT at QoS 1 and 2. */
  subscriptionsByTopic(topic: string): Promise<AnyPacket[]>;
  countOffline(): Promise<{ subsCount: number; clientsCount: number }>;
  getClientList(topic: string): Readable;
  /**
   * Ends the sessions with plain subscriptions that have been away since before `before` (ms since the epoch); notes for those that are
   * here that they were seen `now`. How many were ended.
   */
  sweepSessions(now: number, before: number): Promise<number>;
  /** The connection of a session ended. Never throws. */
  left(client: string, at: number): void;

  outgoingEnqueue(subscription: { clientId: string }, packet: AnyPacket): Promise<void>;
  outgoingEnqueueCombi(subscriptions: { clientId: string }[], packet: AnyPacket): Promise<void>;
  outgoingUpdate(client: Client, packet: AnyPacket): Promise<void>;
  outgoingClearMessageId(client: Client, packet: AnyPacket): Promise<AnyPacket | undefined>;
  outgoingStream(client: ClientId): Readable;
  /** Whether the queue of a session could not be read when it came. */
  isUnread(client: string): boolean;
  /** A queued packet is not to be sent to this client after all. Never throws. */
  dropOutgoing(client: ClientId, packet: AnyPacket): void;

  /** QoS 2 handshakes of publishers. */
  incomingStorePacket(client: ClientId, packet: AnyPacket): Promise<void>;
  incomingGetPacket(client: ClientId, packet: AnyPacket): Promise<AnyPacket>;
  incomingDelPacket(client: ClientId, packet: AnyPacket): Promise<void>;
  cleanIncoming(client: ClientId): Promise<void>;

  putWill(client: ClientId, packet: AnyPacket): Promise<void>;
  getWill(client: ClientId): Promise<AnyPacket>;
  /** `brokerId`: only one that was left with that node. */
  delWill(client: ClientId & { brokerId?: string }): Promise<AnyPacket>;
  /** Those of other brokers than these. */
  streamWill(brokers?: Record<string, unknown>): Readable;

  destroy(): Promise<void>;
}
