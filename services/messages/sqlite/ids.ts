import { isUuid } from '../../../protocol/ids.ts';

/** A UUID as its 16 bytes; any other text as it is. */
export function packId(id: string): Uint8Array | string {
  return isUuid(id) ? Buffer.from(id.replaceAll('-', ''), 'hex') : id;
}

/** The other way round. */
export function unpackId(packed: Uint8Array | string): string {
  if (typeof packed === 'string') return packed;
  const hex = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
