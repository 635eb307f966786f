import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { MediaContent, Message } from '../../../../sdk/index.ts';
import { t } from '../../../i18n/t.ts';
import { Button } from '../../../ui/button.tsx';
import type { PaneState } from '../../conversation/state.ts';
import { shownAs, whatItIs } from '../content.ts';
import { onlyThis } from '../player.ts';
import { useSource } from '../use-source.ts';
import styles from './gallery.module.css';
import { FIT, moved, type Zoom, zoomed } from './zoom.ts';

/** How far one swipes until it counts, pixels. */
const FAR = 60;
const DOUBLE = 2.5;

/** What one looks at: drawn about when it is large, swiped away when it is not. */
export function Stage(props: {
  state: PaneState;
  message: Message;
  media: MediaContent;
  zoom: Zoom;
  onZoom(zoom: Zoom): void;
  onGo(by: 1 | -1): void;
  onClose(): void;
  children: ComponentChildren;
}) {
  const { state, message, media, zoom, onZoom, onGo, onClose, children } = props;
  const source = useSource(state.chat, message, media, true);
  const [whole, setWhole] = useState(false);
  const fingers = useRef(new Map<number, { x: number; y: number }>());
  const from = useRef<{ x: number; y: number } | null>(null);
  const isPicture = shownAs(media) === 'image';

  const fromMiddle = (event: MouseEvent) => {
    const { left, top, width, height } = (event.currentTarget as Element).getBoundingClientRect();
    return { x: event.clientX - left - width / 2, y: event.clientY - top - height / 2 };
  };
  const spread = () => {
    const [a, b] = [...fingers.current.values()];
    return a === undefined || b === undefined ? 0 : Math.hypot(a.x - b.x, a.y - b.y);
  };

  function move(event: PointerEvent): void {
    const before = fingers.current.get(event.pointerId);
    if (before === undefined || !isPicture) return;
    const wide = spread();
    fingers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (fingers.current.size > 1) {
      from.current = null;
      if (wide > 0) onZoom(zoomed(zoom, spread() / wide));
    } else if (zoom.scale > 1)
      onZoom(
        moved(
          zoom,
          event.clientX - before.x,
          event.clientY - before.y,
          (event.currentTarget as Element).getBoundingClientRect(),
        ),
      );
  }

  function end(event: PointerEvent): void {
    fingers.current.delete(event.pointerId);
    const start = from.current;
    from.current = null;
    if (start === null || event.type !== 'pointerup' || zoom.scale > 1) return;
    const [x, y] = [event.clientX - start.x, event.clientY - start.y];
    const rtl = getComputedStyle(event.currentTarget as Element).direction === 'rtl';
    if (Math.abs(y) > FAR * 2 && Math.abs(y) > Math.abs(x) * 2) onClose();
    else if (Math.abs(x) > FAR && Math.abs(x) > Math.abs(y)) onGo(x < 0 === rtl ? -1 : 1);
  }

  return (
    <div
      class={zoom.scale > 1 ? `${styles.stage} ${styles.moved}` : styles.stage}
      onPointerDown={(event) => {
        if ((event.target as Element).closest('button, video') !== null) return;
        fingers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
        from.current = fingers.current.size === 1 ? { x: event.clientX, y: event.clientY } : null;
      }}
      onPointerMove={move}
      onPointerUp={end}
      onPointerCancel={end}
      onPointerLeave={end}
      onDblClick={(event) => {
        if (isPicture && (event.target as Element).closest('button') === null)
          onZoom(zoom.scale > 1 ? FIT : zoomed(zoom, DOUBLE, fromMiddle(event)));
      }}
      onWheel={(event) => {
        if (isPicture) onZoom(zoomed(zoom, event.deltaY < 0 ? 1.2 : 1 / 1.2, fromMiddle(event)));
      }}
    >
      {source.failed ? (
        <div class={styles.broken}>
          <p>{t(source.failed === 'damaged' ? 'media.damaged' : 'media.gone')}</p>
          <Button onClick={source.again}>{t('media.again')}</Button>
        </div>
      ) : isPicture ? (
        <>
          {!whole && source.thumbnail !== null && <img src={source.thumbnail} alt="" draggable={false} />}
          {source.url !== null && (
            <img
              src={source.url}
              alt={media.text ?? whatItIs(media)}
              data-whole={whole}
              draggable={false}
              style={{ transform: `translate(${zoom.x}px, ${zoom.y}px) scale(${zoom.scale})` }}
              onLoad={() => setWhole(true)}
              onError={source.broken}
            />
          )}
        </>
      ) : (
        // biome-ignore lint/a11y/useMediaCaption: what people send each other has none
        <video
          controls
          playsInline
          src={source.url ?? undefined}
          poster={source.url?.startsWith('blob:') ? undefined : (source.thumbnail ?? undefined)}
          aria-label={t('media.video')}
          onPlay={(event) => onlyThis(event.currentTarget)}
          onError={source.broken}
        />
      )}
      {children}
    </div>
  );
}
