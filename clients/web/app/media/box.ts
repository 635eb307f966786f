/** How large a picture is in a message, pixels: it fits in here, and is never smaller than what is tapped. */
const WIDEST = 352;
const HIGHEST = 352;
const LEAST = 96;
const UNKNOWN = { width: 264, height: 198 };

/** Its place before it is there: the same as after it, so that nothing jumps. */
export function boxOf({ width, height }: { width?: number | undefined; height?: number | undefined }) {
  if (!width || !height) return UNKNOWN;
  const scale = Math.min(WIDEST / width, HIGHEST / height, Math.max(1, LEAST / Math.min(width, height)));
  return {
    width: Math.round(Math.min(WIDEST, Math.max(LEAST, width * scale))),
    height: Math.round(Math.min(HIGHEST, Math.max(LEAST, height * scale))),
  };
}
