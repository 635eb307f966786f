import { openDoor } from './door.ts';
import { Line } from './line.ts';
import { openHost } from './open-host.ts';

/** This page's door: asks whether its host is still there whenever somebody comes back to it. */
export function doorOfThisPage() {
  const line = new Line(openHost);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void line.check();
  });
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) void line.check();
  });
  return openDoor(line);
}
