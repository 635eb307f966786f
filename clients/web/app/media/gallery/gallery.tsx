import { useEffect, useRef, useState } from 'preact/hooks';
import type { Message } from '../../../../sdk/index.ts';
import { fullTime } from '../../../i18n/dates.ts';
import { t } from '../../../i18n/t.ts';
import { IconButton } from '../../../ui/button.tsx';
import { nameOf } from '../../conversation/names.ts';
import type { PaneState } from '../../conversation/state.ts';
import { mediaOf, seenIn, shownAs } from '../content.ts';
import { download } from '../download.ts';
import styles from './gallery.module.css';
import { Stage } from './stage.tsx';
import { FIT, type Zoom, zoomed } from './zoom.ts';

const STEP = 1.5;

/** A conversation’s pictures and videos, one at a time, as large as there is room. */
export function Gallery(props: { message: Message; state: PaneState; onClose(): void }) {
  const { state, onClose } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const [key, setKey] = useState(props.message.key);
  const [zoom, setZoom] = useState<Zoom>(FIT);
  const all = seenIn(state.view.entries.value);
  const at = all.findIndex((one) => one.key === key);
  const message = all[at];

  useEffect(() => {
    const element = dialog.current!;
    const before = document.activeElement;
    element.showModal();
    return () => {
      element.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  // It has been deleted, or has disappeared.
  useEffect(() => {
    if (message === undefined) onClose();
  }, [message === undefined]);
  // There may be more before what is here.
  useEffect(() => {
    if (at === 0 && !state.view.atStart.peek()) void state.view.older().catch(() => {});
  }, [at]);
  if (message === undefined) return null;

  const media = mediaOf(message.content)!;
  const isPicture = shownAs(media) === 'image';
  const name = message.sender === state.me ? t('message.you') : nameOf(state.chat, message.sender);
  const go = (by: number) => {
    const next = all[at + by];
    if (next === undefined) return;
    setZoom(FIT);
    setKey(next.key);
  };

  function press(event: KeyboardEvent): void {
    if ((event.target as Element).matches('video')) return; // its own keys
    const forward = getComputedStyle(event.currentTarget as Element).direction === 'rtl' ? -1 : 1;
    const does: Record<string, () => void> = {
      ArrowRight: () => go(forward),
      ArrowLeft: () => go(-forward),
      '+': () => setZoom(zoomed(zoom, STEP)),
      '=': () => setZoom(zoomed(zoom, STEP)),
      '-': () => setZoom(zoomed(zoom, 1 / STEP)),
      '0': () => setZoom(FIT),
    };
    const what = Object.hasOwn(does, event.key) ? does[event.key] : undefined;
    if (what === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    what();
  }

  return (
    <dialog
      ref={dialog}
      class={styles.gallery}
      aria-label={t('media.gallery')}
      onKeyDown={press}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div class={styles.inside}>
        <header class={styles.head}>
          <IconButton icon="close" label={t('media.close')} onClick={onClose} />
          <span class={styles.who}>
            {message.time === null ? name : t('media.by', { name, time: fullTime(message.time) })}
          </span>
          {isPicture && (
            <>
              <IconButton
                icon="minus"
                label={t('media.zoomOut')}
                disabled={zoom.scale === 1}
                onClick={() => setZoom(zoomed(zoom, 1 / STEP))}
              />
              <IconButton icon="plus" label={t('media.zoomIn')} onClick={() => setZoom(zoomed(zoom, STEP))} />
            </>
          )}
          <IconButton
            icon="download"
            label={t('media.download')}
            onClick={() => download(state.chat, message)}
          />
        </header>
        <Stage
          key={message.key}
          state={state}
          message={message}
          media={media}
          zoom={zoom}
          onZoom={setZoom}
          onGo={go}
          onClose={onClose}
        >
          <div class={`${styles.side} ${styles.before}`}>
            <IconButton icon="back" label={t('media.previous')} disabled={at <= 0} onClick={() => go(-1)} />
          </div>
          <div class={`${styles.side} ${styles.after}`}>
            <IconButton
              icon="forward"
              label={t('media.next')}
              disabled={at === all.length - 1}
              onClick={() => go(1)}
            />
          </div>
        </Stage>
        <p class={styles.caption} dir="auto">
          {media.text ?? ''}
        </p>
      </div>
    </dialog>
  );
}
