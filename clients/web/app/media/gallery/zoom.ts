/** How a picture lies under the eye: how large, and where, pixels from the middle. */
export interface Zoom {
  scale: number;
  x: number;
  y: number;
}

export const FIT: Zoom = { scale: 1, x: 0, y: 0 };
const MOST = 8;

/** Larger or smaller by a factor, around a point, pixels from the middle; never smaller than it fits. */
export function zoomed({ scale, x, y }: Zoom, by: number, at = { x: 0, y: 0 }): Zoom {
  const next = Math.min(MOST, Math.max(1, scale * by));
  if (next === 1) return FIT;
  const grown = next / scale;
  return { scale: next, x: at.x - (at.x - x) * grown, y: at.y - (at.y - y) * grown };
}

/** Drawn along, and not out of sight. `size`: of what one looks through. */
export function moved(zoom: Zoom, dx: number, dy: number, size: { width: number; height: number }): Zoom {
  const within = (value: number, most: number) => Math.min(most, Math.max(-most, value));
  const room = (zoom.scale - 1) / 2;
  return {
    scale: zoom.scale,
    x: within(zoom.x + dx, size.width * room),
    y: within(zoom.y + dy, size.height * room),
  };
}
