import { useRef } from 'preact/hooks';

/** How long a finger rests, milliseconds, and how far it may stray meanwhile, pixels. */
const LONG_MS = 450;
const STRAY = 10;

/** A finger that rests. A mouse has its other button. */
export function useLongPress(onLong: (at: { x: number; y: number }) => void) {
  const press = useRef<{ x: number; y: number; timer: ReturnType<typeof setTimeout>; long: boolean } | null>(
    null,
  );
  const end = () => clearTimeout(press.current?.timer);
  return {
    onPointerDown(event: PointerEvent) {
      press.current = null;
      if (event.pointerType === 'mouse') return;
      const { clientX: x, clientY: y } = event;
      const timer = setTimeout(() => {
        if (press.current !== null) press.current.long = true;
        navigator.vibrate?.(10);
        onLong({ x, y });
      }, LONG_MS);
      press.current = { x, y, timer, long: false };
    },
    onPointerMove(event: PointerEvent) {
      const { current } = press;
      if (current !== null && Math.hypot(event.clientX - current.x, event.clientY - current.y) > STRAY) end();
    },
    onPointerUp: end,
    onPointerCancel: end,
    /** Whether the press that ends was one: then it is not a tap. */
    wasLong: () => press.current?.long ?? false,
  };
}
