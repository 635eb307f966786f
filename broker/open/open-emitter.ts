import type { Message } from 'mqemitter';

export type Listener = (packet: Message, done: () => void) => void;

/** Hands packets of plain MQTT to those who subscribe: what Aedes uses of an `MQEmitter`, over several nodes. */
export interface OpenEmitter {
  readonly concurrency: number;
  readonly current: number;
  /** To be set: sends those who are here what waits for them and was never sent. */
  onGap: () => Promise<void>;
  on(topic: string, listener: Listener, done?: () => void): this;
  removeListener(topic: string, listener: Listener, done?: () => void): this;
  emit(packet: Message, done?: (error?: Error) => void): this;
  close(done: () => void): this;
}
