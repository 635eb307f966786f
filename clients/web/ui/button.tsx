import type { ComponentChildren, ComponentProps } from 'preact';
import styles from './button.module.css';
import { Icon } from './icon.tsx';
import type { IconName } from './icons.ts';
import { Spinner } from './spinner.tsx';

type Native = Omit<ComponentProps<'button'>, 'class' | 'icon' | 'label'>;

export interface ButtonProps extends Native {
  kind?: 'primary' | 'soft' | 'plain' | 'danger';
  /** It has been pressed, and is at work: shows a spinner and takes no second press. */
  busy?: boolean;
  wide?: boolean;
  icon?: IconName;
  children: ComponentChildren;
}

export function Button({ kind = 'soft', busy = false, wide = false, icon, children, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      class={[styles.button, styles[kind], wide && styles.wide].filter(Boolean).join(' ')}
      aria-busy={busy}
      disabled={busy || rest.disabled}
    >
      {busy ? <Spinner size={18} /> : icon !== undefined && <Icon name={icon} size={18} />}
      <span>{children}</span>
    </button>
  );
}

export interface IconButtonProps extends Native {
  icon: IconName;
  /** What it does: read out, and shown when one points at it. */
  label: string;
  size?: number;
  kind?: 'plain' | 'primary';
}

export function IconButton({ icon, label, size = 22, kind = 'plain', ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      title={label}
      {...rest}
      aria-label={label}
      class={`${styles.round} ${kind === 'primary' ? styles.primary : ''}`}
    >
      <Icon name={icon} size={size} />
    </button>
  );
}
