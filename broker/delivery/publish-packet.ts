/** Payloads up to this are copied behind their header, so that a PUBLISH is one write. */
const COPY_BYTES = 4_096;

/** The largest remaining length of a packet: four bytes of seven bits [MQTT 3.1.1 §2.2.3]. */
const MOST_REMAINING = 268_435_455;

/**
 * Writes a PUBLISH packet (MQTT 3.1.1 §3.3): header and payload in one, or, for a large payload that many devices share, one
 * after the other. `packetId` null: QoS 0.
 */
export function writePublish(
  to: { write(chunk: Buffer): unknown },
  topic: string,
  payload: Buffer,
  packetId: number | null,
  dup: boolean,
): void {
  const topicBytes = Buffer.byteLength(topic);
  const variable = 2 + topicBytes + (packetId === null ? 0 : 2);
  const remaining = variable + payload.length;
  if (remaining > MOST_REMAINING) throw new RangeError('the payload is too long for MQTT');
  const lengthBytes = remaining < 128 ? 1 : remaining < 16_384 ? 2 : remaining < 2_097_152 ? 3 : 4;
  const copy = payload.length <= COPY_BYTES;
  const packet = Buffer.allocUnsafe(1 + lengthBytes + variable + (copy ? payload.length : 0));
  // Type 3; DUP bit 3, QoS bits 2-1, RETAIN bit 0 [MQTT 3.1.1 §3.3.1].
  packet[0] = 0x30 | (packetId === null ? 0 : 0x02) | (dup ? 0x08 : 0);
  let at = 1;
  for (let rest = remaining; ; ) {
    const byte = rest & 0x7f;
    rest >>>= 7;
    packet[at++] = rest > 0 ? byte | 0x80 : byte;
    if (rest === 0) break;
  }
  packet[at++] = topicBytes >> 8;
  packet[at++] = topicBytes & 0xff;
  at += packet.write(topic, at);
  if (packetId !== null) {
    packet[at++] = packetId >> 8;
    packet[at++] = packetId & 0xff;
  }
  if (copy) payload.copy(packet, at);
  to.write(packet);
  if (!copy) to.write(payload);
}
