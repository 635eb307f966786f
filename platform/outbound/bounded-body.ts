import type { Readable } from 'node:stream';

/** Reads at most so many bytes, and lets go of the rest with its connection. */
export async function boundedBody(
  body: Readable,
  mostBytes: number,
): Promise<{ body: Buffer; cut: boolean }> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of body as AsyncIterable<Buffer>) {
    const room = mostBytes - bytes;
    if (part.byteLength > room) {
      parts.push(part.subarray(0, room));
      // Leaving the loop destroys the stream, and with it the connection.
      return { body: Buffer.concat(parts), cut: true };
    }
    parts.push(part);
    bytes += part.byteLength;
  }
  return { body: Buffer.concat(parts), cut: false };
}
