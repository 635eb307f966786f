import type { Duplex } from 'node:stream';
import type { Client } from 'aedes';

/** What this room uses of Aedes 1.2 and mqtt-packet 9 beyond their types: all of it, in one place. */
export interface InnerClient extends Client {
  conn: Duplex & { client?: InnerClient };
  subscriptions: Record<string, { qos: 0 | 1 | 2 }>;
  /** Sends it unless it counts for a duplicate, which is one that does not come behind those of its node that were sent before. */
  deliverQoS(packet: object, done: () => void): void;
  will: Will | null;
  /** The will of a CONNECT that is being looked at. */
  _will: Will | null;
  /** Set when the CONNECT was accepted. */
  _authorized: boolean;
  /** The client sent DISCONNECT: its will is not published [MQTT-3.14.4-3]. */
  _disconnected: boolean;
  /** Packets being handled. */
  _parsingBatch: number;
  _paused: boolean;
  _nextBatch: (error?: Error) => void;
  resume(): void;
  _parser: InnerParser;
}

export interface InnerParser {
  client: InnerClient;
  packet: { cmd?: string; length: number };
  /** What has arrived of the next packet; made by `bl`, whose class carries that of lists that are no streams. */
  _list: { length: number; constructor: { BufferList: new () => InnerParser['_list'] } };
  /** The CONNECT packet. */
  settings: { protocolVersion: number; bridgeMode?: boolean | undefined };
  parse(bytes: Buffer): number;
  /** Reads the remaining length of the fixed header; false: it is not all there yet. */
  _parseLength(): boolean;
  prependListener(event: 'packet', listener: (packet: InnerPacket) => void): void;
}

export interface InnerPacket {
  cmd: string;
  subscriptions?: { topic: string; qos: number }[];
}

export interface Will {
  topic: string;
  payload: Buffer;
  qos: 0 | 1 | 2;
  retain: boolean;
  /** Set when it comes from the persistence: whose it was. */
  clientId?: string;
}
