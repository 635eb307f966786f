import { t } from '../../../i18n/t.ts';
import { boxOf } from '../box.ts';
import { nameOfFile } from '../content.ts';
import { localUrl } from '../local.ts';
import styles from '../media.module.css';
import { onlyThis } from '../player.ts';
import { Still } from '../still.tsx';
import { UploadRing } from '../upload-ring.tsx';
import { useSource } from '../use-source.ts';
import { Broken } from './broken.tsx';
import { Caption, type MediaBodyProps } from './caption.tsx';

/** A video: its poster, and nothing of it is fetched until it is played. */
export function VideoBody(props: MediaBodyProps) {
  const { message, media, state } = props;
  const source = useSource(state.chat, message, media);
  const box = boxOf(media);
  const isOwn = localUrl(message.key) !== null;
  const isHere = source.url?.startsWith('blob:') ?? false;
  const poster = isHere && isOwn ? null : source.thumbnail;
  return (
    <div
      class={styles.seen}
      style={{ '--width': `${box.width}px`, '--ratio': `${box.width} / ${box.height}` }}
    >
      {source.failed ? (
        <Broken why={source.failed} onAgain={source.again} />
      ) : media.encrypted !== undefined && source.url === null && media.media !== '' ? (
        <Still poster={poster} blurhash={media.blurhash} coming={source.coming} onPlay={source.load} />
      ) : (
        // biome-ignore lint/a11y/useMediaCaption: what people send each other has none
        <video
          class={styles.video}
          controls={media.media !== ''}
          playsInline
          // It was pressed before it was here.
          autoPlay={media.encrypted !== undefined && media.media !== '' && !isOwn}
          preload={poster === null ? 'metadata' : 'none'}
          src={source.url ?? undefined}
          poster={poster ?? undefined}
          aria-label={t('media.video')}
          onPlay={(event) => onlyThis(event.currentTarget)}
          onError={source.broken}
        />
      )}
      <UploadRing chat={state.chat} message={message} name={nameOfFile(media)} />
      <Caption {...props} />
    </div>
  );
}
