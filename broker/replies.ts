import type { Actor } from '../services/actor.ts';

/** What is sent to a device or a user at once and kept nowhere: answers, refusals, receipts. */
export interface Replies {
  /**
   * Queues a payload for the device's own inbox at QoS 1; false when that device is not connected or not subscribed.
   * Answers that wait for a window are bounded: see {@link room}.
   */
  toDevice(actor: Actor, payload: string): boolean;
  /** Resolves when the device has room for another answer: back-pressure for those who ask and do not acknowledge. */
  room(actor: Actor): Promise<void> | undefined;
}

/** Closing connections from outside the broker. */
export interface Connections {
  /** Disconnects a device, within a second, on every node. */
  disconnect(device: string, why: string): void;
  /** Devices of this user that are connected now. */
  connected(user: string): readonly string[];
}
