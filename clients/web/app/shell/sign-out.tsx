import { useState } from 'preact/hooks';
import type { Chat } from '../../chat/chat.ts';
import { t } from '../../i18n/t.ts';
import { Button, Dialog, toast } from '../../ui/index.ts';
import { wordsFor } from '../words-for.ts';

/** Asks, as it cannot be taken back. */
export function SignOut({ chat, onClose }: { chat: Chat; onClose(): void }) {
  const [busy, setBusy] = useState(false);
  async function leave(): Promise<void> {
    setBusy(true);
    try {
      await chat.signOut();
    } catch (error) {
      setBusy(false);
      toast(wordsFor(error), { kind: 'error' });
    }
  }
  return (
    <Dialog
      title={t('menu.signOutTitle')}
      onClose={onClose}
      actions={
        <>
          <Button kind="plain" onClick={onClose}>
            {t('shell.cancel')}
          </Button>
          <Button kind="danger" busy={busy} onClick={leave}>
            {t('menu.signOut')}
          </Button>
        </>
      }
    >
      <p>{t('menu.signOutText')}</p>
    </Dialog>
  );
}
