import { openDoor } from './door.ts';
import { LeftBehind } from './left-behind.ts';
import { Line } from './line.ts';
import { openHost } from './open-host.ts';

/** This page's door: asks whether its host is still there whenever somebody comes back to it. */
export function doorOfThisPage() {
  const line = new Line(openHost);
  const left = new LeftBehind(line, localStorage);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void line.check();
  });
  addEventListener('pagehide', () => left.go());
  addEventListener('pageshow', ({ persisted }) => {
    if (!persisted) return;
    left.stay();
    void line.check();
  });
  addEventListener('storage', () => left.found());
  return openDoor(line, left);
}
