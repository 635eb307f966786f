import type { Duplex } from 'node:stream';

/** What others may ask about presence. */
export interface PresenceView {
  /** Is any device of the user connected to any node (or was, within the grace)? */
  online(user: string): boolean | Promise<boolean>;
}

/** Closing connections from outside the broker. */
export interface Connections {
  /** Disconnects a device. Each node closes what it has: it is called on all of them. */
  disconnect(device: string, why: string): void;
  /** Disconnects a device that was revoked, and forgets its session: subscriptions, will, queue. */
  forget(device: string): Promise<void>;
  /** Disconnects a bot whose rights were changed: what it is subscribed to is judged anew when it comes back. */
  rightsChanged(user: string): void;
  /** Devices of this user that are connected now. */
  connected(user: string): readonly string[];
}

/** The broker as `server.ts` and the gateway see it. */
export interface Broker extends Connections {
  readonly presence: PresenceView;
  /** The ports it listens on; null: not enabled. */
  readonly ports: { mqtt: number | null; mqtts: number | null };
  /** Opens the listeners. Until then nobody can connect. */
  listen(): Promise<void>;
  /**
   * Takes a connection whose bytes are MQTT (a WebSocket that the gateway has upgraded, subprotocol `mqtt`).
   * False: refused, and closed; the reason has been counted.
   */
  accept(stream: Duplex, ip: string): boolean;
  /** Reads the TLS certificate again; connections that are there stay. */
  reloadCertificates(): void;
  /** Closes the listeners; what is connected stays. */
  drain(): Promise<void>;
  /** Closes every connection, flushes the cursors, writes what waits. */
  stop(): Promise<void>;
}
