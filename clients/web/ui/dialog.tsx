import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { t } from '../i18n/t.ts';
import { IconButton } from './button.tsx';
import styles from './dialog.module.css';

export interface DialogProps {
  title: string;
  /** Escape, the cross, or a press beside it. */
  onClose(): void;
  children: ComponentChildren;
  /** Buttons at its end, what is done last. */
  actions?: ComponentChildren;
  /** `sheet`: from the bottom of a phone, in the middle of a desktop; `side`: beside what it is about. */
  shape?: 'box' | 'sheet' | 'side';
}

/** Over everything else, which cannot be reached meanwhile; focus goes in, stays in, and returns to where it was. */
export function Dialog({ title, onClose, children, actions, shape = 'box' }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const element = dialog.current!;
    const before = document.activeElement;
    element.showModal();
    return () => {
      element.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class={`${styles.dialog} ${styles[shape]}`}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      // The backdrop is the dialog's own; what is in it is in a child.
      onPointerDown={(event) => event.target === event.currentTarget && onClose()}
    >
      <div class={styles.inside}>
        <header class={styles.head}>
          <h2 id={heading}>{title}</h2>
          <IconButton icon="close" label={t('shell.close')} onClick={onClose} />
        </header>
        <div class={styles.body}>{children}</div>
        {actions !== undefined && <footer class={styles.actions}>{actions}</footer>}
      </div>
    </dialog>
  );
}

/** A dialog that comes from the bottom of a phone. */
export const Sheet = (props: Omit<DialogProps, 'shape'>) => <Dialog {...props} shape="sheet" />;
