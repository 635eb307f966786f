import type { SendState } from '../../../../sdk/index.ts';
import { t } from '../../../i18n/t.ts';
import { Icon } from '../../../ui/icon.tsx';
import type { IconName } from '../../../ui/icons.ts';
import styles from './message.module.css';

const ICONS: Readonly<Record<SendState, IconName>> = {
  uploading: 'clock',
  queued: 'clock',
  accepted: 'check',
  delivered: 'checks',
  read: 'checks',
  refused: 'warning',
};

/** How far a message of one’s own has come. Its label says it too, so that it is not by colour alone. */
export function Ticks({ state }: { state: SendState }) {
  return (
    <span class={`${styles.ticks} ${styles[state]}`} data-state={state} title={t(`message.state.${state}`)}>
      <Icon name={ICONS[state]} size={15} />
    </span>
  );
}
