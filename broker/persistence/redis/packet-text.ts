import aedesPacket from 'aedes-packet';
import type { AnyPacket } from '../packing.ts';

/** A constructor that its types call a namespace. */
const Packet = aedesPacket as unknown as new (packet: AnyPacket) => AnyPacket;

/** As text, which is what scripts give back: a payload of bytes as base64. */
export function packetText(packet: AnyPacket): string {
  const { payload, ...rest } =
    packet.cmd === 'pubrel' || packet.cmd === undefined ? packet : new Packet(packet);
  if (payload === undefined) return JSON.stringify(rest);
  if (typeof payload === 'string') return JSON.stringify({ ...rest, text: payload });
  return JSON.stringify({ ...rest, bytes: Buffer.from(payload).toString('base64') });
}

/** `messageId`: the packet identifier under which it was sent, if it was. */
export function packetOf(packed: string, messageId?: number): AnyPacket {
  const { text, bytes, ...rest } = JSON.parse(packed);
  if (rest.cmd === 'pubrel') return { ...rest, messageId };
  const payload = text ?? Buffer.from(bytes ?? '', 'base64');
  return rest.cmd === 'publish' ? { ...rest, payload, messageId } : { ...rest, payload };
}
