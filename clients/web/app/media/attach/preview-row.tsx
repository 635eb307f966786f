import { kindOf, safeName } from '../../../../sdk/index.ts';
import { t } from '../../../i18n/t.ts';
import { IconButton } from '../../../ui/button.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { bytes } from '../../settings/bytes.ts';
import { ICONS } from '../content.ts';
import styles from './attach.module.css';

export interface Chosen {
  id: number;
  file: File;
  /** Of a picture; null: it is none. */
  url: string | null;
}

/** One file that is about to be sent. */
export function PreviewRow(props: {
  chosen: Chosen;
  alone: boolean;
  first: boolean;
  last: boolean;
  onMove(by: 1 | -1): void;
  onRemove(): void;
}) {
  const { chosen, alone, first, last, onMove, onRemove } = props;
  const { file, url } = chosen;
  const name = safeName(file.name);
  return (
    <li class={alone && url !== null ? `${styles.file} ${styles.alone}` : styles.file}>
      <span class={styles.thumb}>
        {url === null ? <Icon name={ICONS[kindOf(file.type)]} size={24} /> : <img src={url} alt="" />}
      </span>
      <span class={styles.what}>
        <bdi class={styles.name} title={name}>
          {name}
        </bdi>
        <span class={styles.size}>{bytes(file.size)}</span>
      </span>
      {!alone && (
        <>
          <IconButton
            icon="up"
            size={18}
            label={t('media.moveUp', { name })}
            disabled={first}
            onClick={() => onMove(-1)}
          />
          <IconButton
            icon="down"
            size={18}
            label={t('media.moveDown', { name })}
            disabled={last}
            onClick={() => onMove(1)}
          />
          <IconButton icon="close" size={18} label={t('media.remove', { name })} onClick={onRemove} />
        </>
      )}
    </li>
  );
}
