import { createHash } from 'node:crypto';

/**
 * The id of a command that follows from what caused it, so that the same cause, told twice, is the same command. Of the form that commands have
 * (UUIDv7); the time in it is none.
 */
export function commandIdOf(...cause: readonly string[]): string {
  const bytes = createHash('sha256').update(JSON.stringify(cause)).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
