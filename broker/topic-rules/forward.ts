import type { Duplex } from 'node:stream';
import type { OpenRules } from '../open/rules.ts';

/** What Aedes is about to send to a device: plain MQTT, of which it may have been kept since other rules were in force. */
export function mayForward(
  user: string,
  conn: Pick<Duplex, 'writableNeedDrain'>,
  packet: { topic: string; qos: number },
  open: OpenRules,
): boolean {
  // At QoS 0 nothing waits for a device that does not read.
  if (packet.qos === 0 && conn.writableNeedDrain) return false;
  return open.mayReceive(user, packet.topic);
}
