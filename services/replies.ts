import type { Actor } from './actor.ts';

/** Port: what is sent to a device at once and kept nowhere (answers, refusals). The broker has it. */
export interface Replies {
  /**
   * Queues a payload for the device's own inbox at QoS 1; false when that device is not connected or not subscribed.
   * Answers that wait for a window are bounded: see {@link room}.
   */
  toDevice(actor: Actor, payload: string): boolean;
  /** Resolves when the device has room for another answer: back-pressure for those who ask and do not acknowledge. */
  room(actor: Actor): Promise<void> | undefined;
}
