import { useState } from 'preact/hooks';
import { type MediaContent, sizeOf } from '../../../../sdk/index.ts';
import { t } from '../../../i18n/t.ts';
import { nameOf } from '../../conversation/names.ts';
import { Blur } from '../blur.tsx';
import { boxOf } from '../box.ts';
import { nameOfFile, whatItIs } from '../content.ts';
import styles from '../media.module.css';
import { UploadRing } from '../upload-ring.tsx';
import { useSource } from '../use-source.ts';
import { Broken } from './broken.tsx';
import { Caption, type MediaBodyProps } from './caption.tsx';

/** Most bytes of an encrypted picture without a thumbnail that is fetched before somebody opens it. */
const MOST_UNASKED = 4 * 1_024 * 1_024;
const isSmall = (media: MediaContent) => !media.thumbnail && sizeOf(media) <= MOST_UNASKED;

/** A picture: its place at once, a blur, the small one; the whole one in the gallery. */
export function PictureBody(props: MediaBodyProps) {
  const { message, media, state } = props;
  const source = useSource(state.chat, message, media, isSmall(media));
  const [there, setThere] = useState(false);
  const box = boxOf(media);
  const small = source.thumbnail ?? source.url;
  const name = message.sender === state.me ? t('message.you') : nameOf(state.chat, message.sender);
  return (
    <div
      class={styles.seen}
      style={{ '--width': `${box.width}px`, '--ratio': `${box.width} / ${box.height}` }}
    >
      <button
        type="button"
        class={styles.picture}
        aria-label={t('media.openBy', { what: whatItIs(media), name })}
        disabled={media.media === ''}
        onClick={(event) => {
          if (state.selected.peek() !== null) return;
          event.stopPropagation();
          state.over.value = { kind: 'gallery', message };
        }}
      >
        {media.blurhash !== undefined && !there && <Blur hash={media.blurhash} />}
        {small !== null && (
          <img
            src={small}
            alt=""
            class={there ? styles.image : `${styles.image} ${styles.coming}`}
            decoding="async"
            draggable={false}
            onLoad={() => setThere(true)}
            onError={source.broken}
          />
        )}
      </button>
      {source.failed && <Broken why={source.failed} onAgain={source.again} />}
      <UploadRing chat={state.chat} message={message} name={nameOfFile(media)} />
      <Caption {...props} over />
    </div>
  );
}
