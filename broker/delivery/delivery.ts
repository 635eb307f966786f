import type { Client } from 'aedes';
import type { Actor } from '../../services/actor.ts';
import type { Replies } from '../../services/replies.ts';

/**
 * Delivery by cursor, as the front of the broker sees it. One pump a connected device that is subscribed to an inbox
 * (or to conversation events) writes straight to its connection; Aedes' own outgoing queue is not used for these topics.
 */
export interface Delivery extends Replies {
  /** The device's session is ready (after CONNACK): nothing is sent before. `persistent`: clean session was 0. */
  attach(client: Client, actor: Actor, persistent: boolean): void;
  /** Subscriptions granted, or restored with the session. Topics of the contract only. */
  subscribed(client: Client, subscriptions: { topic: string; qos: 0 | 1 | 2 }[]): void;
  unsubscribed(client: Client, topics: string[]): void;
  /** A PUBACK: true when the packet identifier was one of the pump's. */
  acknowledged(client: Client, packetId: number): boolean;
  detach(client: Client): void;
  /**
   * The device has connected to another node: its connection here gets nothing more, and what it has acknowledged is written when this
   * resolves, or could not be: then the other node sends it once more. The caller bounds the wait.
   */
  handOver(device: string): Promise<void>;
  /** Stops sending, flushes the cursors. */
  stop(): Promise<void>;
}
