import type { Message } from '../../../sdk/index.ts';
import type { Chat } from '../../chat/chat.ts';
import { t } from '../../i18n/t.ts';
import { IconButton } from '../../ui/button.tsx';
import { failed } from '../conversation/actions/actions.ts';
import { bytes } from '../settings/bytes.ts';
import styles from './media.module.css';

const RADIUS = 20;
const ROUND = 2 * Math.PI * RADIUS;

/** How far a file of one’s own has come, and what can be done about it. */
export function UploadRing({ chat, message, name }: { chat: Chat; message: Message; name: string }) {
  const upload = chat.upload(message.key).value;
  if (message.state !== 'uploading') return null;
  const { sent = 0, bytes: size = 0, state = 'waiting' } = upload ?? {};
  const part = size === 0 ? 0 : Math.min(1, sent / size);
  const percent = Math.floor(part * 100);
  const steer = (to: 'pause' | 'goOn' | 'cancel') => (event: MouseEvent) => {
    event.stopPropagation();
    chat.steerUpload(message.key, to).catch(failed);
  };
  const paused = state === 'paused';
  const words =
    state === 'running'
      ? t('media.sizeOf', { sent: bytes(sent), size: bytes(size) })
      : t(paused ? 'media.paused' : 'media.waiting');
  return (
    <div class={styles.upload} data-upload={state}>
      <div class={styles.ring}>
        <svg viewBox="0 0 48 48" aria-hidden="true">
          <circle cx="24" cy="24" r={RADIUS} class={styles.track} />
          <circle
            cx="24"
            cy="24"
            r={RADIUS}
            class={styles.part}
            stroke-dasharray={`${ROUND * part} ${ROUND}`}
            transform="rotate(-90 24 24)"
          />
        </svg>
        <IconButton
          icon={paused ? 'play' : 'pause'}
          size={18}
          label={t(paused ? 'media.resume' : 'media.pause')}
          onClick={steer(paused ? 'goOn' : 'pause')}
        />
      </div>
      <span
        class={styles.uploadWords}
        role="progressbar"
        aria-label={t('media.uploading', { name })}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        aria-valuetext={state === 'running' ? t('media.percent', { count: percent }) : words}
      >
        {words}
      </span>
      <IconButton icon="close" size={18} label={t('media.cancelUpload')} onClick={steer('cancel')} />
    </div>
  );
}
