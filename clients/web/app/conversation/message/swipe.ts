import { useRef } from 'preact/hooks';

/** How far one swipes until it counts, and where it stops, pixels. */
const FAR = 56;
const MOST = 80;

/** A finger that draws a message along the line of reading, and lets it go: a reply. */
export function useSwipe(onSwipe: () => void) {
  const from = useRef<{ x: number; y: number; far: number; is: boolean } | null>(null);
  const draw = (element: HTMLElement, far: number) => {
    element.style.transform = far === 0 ? '' : `translateX(${far}px)`;
    // What lets go now replies: its sign is whole.
    element.style.setProperty('--drawn', String(Math.min(1, Math.abs(far) / FAR)));
  };
  const end = (event: PointerEvent) => {
    const { current } = from;
    from.current = null;
    if (current === null) return;
    draw(event.currentTarget as HTMLElement, 0);
    if (event.type === 'pointerup' && Math.abs(current.far) >= FAR) onSwipe();
  };
  return {
    onPointerDown(event: PointerEvent) {
      from.current =
        event.pointerType === 'touch' ? { x: event.clientX, y: event.clientY, far: 0, is: false } : null;
    },
    onPointerMove(event: PointerEvent) {
      const { current } = from;
      if (current === null) return;
      const [x, y] = [event.clientX - current.x, event.clientY - current.y];
      if (!current.is && Math.abs(y) > 12) from.current = null; // it scrolls
      if (Math.abs(x) > 12) current.is = true;
      if (!current.is) return;
      const element = event.currentTarget as HTMLElement;
      // Towards the end of the line, whichever side that is.
      const way = getComputedStyle(element).direction === 'rtl' ? -1 : 1;
      current.far = way * Math.min(MOST, Math.max(0, x * way));
      draw(element, current.far);
    },
    onPointerUp: end,
    onPointerCancel: end,
  };
}
