/** Which partition a key belongs to: FNV-1a, so that it is the same in every process and version. */
export function partitionOf(key: string, partitions: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  // The low bits alone of neighbouring keys are alike.
  hash ^= hash >>> 16;
  return (hash >>> 0) % partitions;
}
