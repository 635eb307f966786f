import { generate } from 'mqtt-packet';
import type { Connection } from './connections/connections.ts';

/** A PUBLISH at QoS 0, as bytes that can go to many. `retain`: it is the state as it was when it was asked for. */
export function ephemeralPacket(topic: string, payload: string, retain = false): Buffer {
  return generate({ cmd: 'publish', topic, payload, qos: 0, retain, dup: false });
}

/** Sends it to a device that has room for it: QoS 0 is no reason to fill the memory for one that does not read. */
export function sendEphemeral({ client, ready }: Connection, packet: Buffer): void {
  const { conn } = client;
  if (ready && !conn.destroyed && !conn.writableNeedDrain) conn.write(packet);
}
