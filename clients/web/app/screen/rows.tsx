import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from '../../ui/index.ts';
import { type Place, pathOf } from '../router.ts';
import styles from './screen.module.css';

export interface RowProps {
  icon?: IconName;
  label: string;
  /** Under the label. */
  detail?: ComponentChildren;
  /** At the end: how it stands. */
  value?: ComponentChildren;
}

const Inside = ({ icon, label, detail, value }: RowProps) => (
  <>
    {icon !== undefined && (
      <span class={styles.rowIcon}>
        <Icon name={icon} size={20} />
      </span>
    )}
    <span class={styles.rowWords}>
      <span>{label}</span>
      {detail !== undefined && <span class={styles.detail}>{detail}</span>}
    </span>
    {value !== undefined && <span class={styles.value}>{value}</span>}
  </>
);

/** Leads to another place. */
export function LinkRow({ to, ...row }: RowProps & { to: Place }) {
  return (
    <a class={styles.row} href={pathOf(to)}>
      <Inside {...row} />
      <span class={styles.turn}>
        <Icon name="forward" size={18} />
      </span>
    </a>
  );
}

/** Does something. `pressed`: it is on, or off. */
export function ActionRow(
  props: RowProps & {
    danger?: boolean;
    disabled?: boolean;
    hasMenu?: boolean;
    expanded?: boolean;
    onClick(event: MouseEvent & { currentTarget: HTMLButtonElement }): void;
  },
) {
  const { danger = false, disabled = false, hasMenu = false, expanded = false, onClick, ...row } = props;
  return (
    <button
      type="button"
      class={danger ? `${styles.row} ${styles.danger}` : styles.row}
      disabled={disabled}
      aria-haspopup={hasMenu ? 'menu' : undefined}
      aria-expanded={hasMenu ? expanded : undefined}
      onClick={onClick}
    >
      <Inside {...row} />
    </button>
  );
}
