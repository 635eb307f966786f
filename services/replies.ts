import type { Actor } from './actor.ts';

/** Port: what is sent to a device at once and kept nowhere (answers, refusals). The broker has it. */
export interface Replies {
  /**
   * Queues a payload for the device's own inbox at QoS 1; false when that device is not connected or not subscribed.
   * Answers that wait for a window are bounded: see {@link room}.
   */
  toDevice(actor: Actor, payload: string): boolean;
  /**
   * As {@link toDevice}, ahead of everything that waits and whatever the window has: what is told before something is acknowledged must
   * not wait for acknowledgements. `written` is called when it is on its way, or never can be, as the connection has ended; not when this
   * is false.
   */
  toDeviceFirst(actor: Actor, payload: string, written: () => void): boolean;
  /** Resolves when the device has room for another answer: back-pressure for those who ask and do not acknowledge. */
  room(actor: Actor): Promise<void> | undefined;
}
