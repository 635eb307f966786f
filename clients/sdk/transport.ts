import type { Session } from './session.ts';

/** Who is told of what comes over a {@link Transport}. */
export interface TransportListener {
  /** Connected, and subscribed to both inboxes. */
  online(): void;
  offline(): void;
  /** PUBACK goes out when it resolves, and not at all when it rejects. */
  received(topic: string, text: string): Promise<void>;
  /** The device was revoked or its tokens no longer work. The session is forgotten. */
  signedOut(): void;
}

/** Port: one device's MQTT connection, that comes back by itself. The client knows no more of MQTT than this. */
export interface Transport {
  readonly session: Session;
  open(): void;
  /** At QoS 1. Resolves at the PUBACK; rejects when there is no connection, or it is closed. */
  publish(topic: string, text: string): Promise<void>;
  /** At QoS 0, now or never. */
  tell(topic: string, text: string): void;
  /** Subscribes at QoS 0, now and after every reconnect. */
  watch(topic: string): void;
  /** Ends what {@link watch} began. */
  unwatch(topic: string): void;
  /** Ends the connection, and every publish that waits for its PUBACK. */
  close(): Promise<void>;
}
