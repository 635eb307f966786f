/**
 * How long a file of so many bytes is made before it is encrypted, so that its length says little: Padmé (Nikitin et al., “Reducing
 * Metadata Leakage from Encrypted Files and Communication with PURBs”, PETS 2019, §4). At most 12 % more.
 */
export function paddedLength(bytes: number): number {
  if (bytes < 2) return bytes;
  const exponent = Math.floor(Math.log2(bytes));
  const kept = Math.floor(Math.log2(exponent)) + 1;
  // No bits: they would end at 2 GiB.
  const step = 2 ** Math.max(0, exponent - kept);
  return Math.ceil(bytes / step) * step;
}
