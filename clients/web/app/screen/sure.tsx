import { useState } from 'preact/hooks';
import { t } from '../../i18n/t.ts';
import { Button, Dialog } from '../../ui/index.ts';

/** Asks before what others see, or what cannot be taken back. */
export function Sure(props: {
  title: string;
  text: string;
  /** What is done, as the button says it. */
  action: string;
  onClose(): void;
  /** Closes it where this resolves with true. */
  onSure(): Promise<boolean>;
}) {
  const { title, text, action, onClose, onSure } = props;
  const [busy, setBusy] = useState(false);
  async function go(): Promise<void> {
    setBusy(true);
    const done = await onSure();
    setBusy(false);
    if (done) onClose();
  }
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <>
          <Button kind="plain" onClick={onClose}>
            {t('shell.cancel')}
          </Button>
          <Button kind="danger" busy={busy} onClick={go}>
            {action}
          </Button>
        </>
      }
    >
      <p>{text}</p>
    </Dialog>
  );
}
