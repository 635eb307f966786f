import { useState } from 'preact/hooks';
import { isReadable, sizeOf } from '../../../../sdk/index.ts';
import { t } from '../../../i18n/t.ts';
import { Icon } from '../../../ui/icon.tsx';
import { bytes } from '../../settings/bytes.ts';
import { ICONS, nameOfFile } from '../content.ts';
import { download } from '../download.ts';
import styles from '../media.module.css';
import { UploadRing } from '../upload-ring.tsx';
import { Caption, type MediaBodyProps } from './caption.tsx';

/** A file as a file: what it is called, how large it is; a press saves it. */
export function DocumentBody(props: MediaBodyProps) {
  const { message, media, state } = props;
  const name = nameOfFile(media);
  const size = bytes(sizeOf(media));
  const [busy, setBusy] = useState(false);
  const isSealed = !isReadable(media);
  return (
    <>
      <button
        type="button"
        class={styles.document}
        disabled={media.media === '' || isSealed || busy}
        aria-busy={busy}
        onClick={(event) => {
          if (state.selected.peek() !== null) return;
          event.stopPropagation();
          setBusy(true);
          void download(state.chat, message).finally(() => setBusy(false));
        }}
      >
        <span class="heard">{t('media.download')} </span>
        <span class={styles.sheet}>
          <Icon name={ICONS[media.kind] ?? 'file'} size={22} />
        </span>
        <span class={styles.about}>
          <bdi class={styles.name}>{name}</bdi>{' '}
          <span class={styles.size}>
            {isSealed ? t('media.encrypted') : busy ? t('media.opening') : size}
          </span>
        </span>
        {media.media !== '' && !isSealed && <Icon name="download" size={20} />}
      </button>
      <UploadRing chat={state.chat} message={message} name={name} />
      <Caption {...props} />
    </>
  );
}
