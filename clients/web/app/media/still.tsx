import { t } from '../../i18n/t.ts';
import { Icon } from '../../ui/icon.tsx';
import { Blur } from './blur.tsx';
import styles from './media.module.css';

/** In place of a video that is fetched whole, and decrypted, when somebody wants to see it. */
export function Still(props: {
  poster: string | null;
  blurhash: string | undefined;
  coming: boolean;
  onPlay(): void;
}) {
  const { poster, blurhash, coming, onPlay } = props;
  return (
    <button
      type="button"
      class={styles.picture}
      aria-label={t(coming ? 'media.opening' : 'media.playVideo')}
      aria-busy={coming}
      disabled={coming}
      onClick={(event) => {
        event.stopPropagation();
        onPlay();
      }}
    >
      {blurhash !== undefined && poster === null && <Blur hash={blurhash} />}
      {poster !== null && <img src={poster} alt="" class={styles.image} decoding="async" draggable={false} />}
      <span class={coming ? `${styles.start} ${styles.waits}` : styles.start}>
        <Icon name="play" size={28} />
      </span>
    </button>
  );
}
