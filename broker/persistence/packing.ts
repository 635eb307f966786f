import type { PackedPacket } from './broker.worker.ts';

/** A packet as Aedes hands it to a persistence. */
// biome-ignore lint/suspicious/noExplicitAny: aedes-packet has no type for what it constructs
export type AnyPacket = any;

export function pack(packet: AnyPacket): PackedPacket {
  const { payload, ...rest } = packet;
  return {
    packet: JSON.stringify(rest),
    payload: typeof payload === 'string' ? Buffer.from(payload) : (payload ?? new Uint8Array()),
  };
}

export function unpack({ packet, payload }: PackedPacket): AnyPacket {
  return { ...JSON.parse(packet), payload: Buffer.from(payload) };
}
