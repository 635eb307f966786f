import type { Message } from '../../../../sdk/index.ts';
import { t } from '../../../i18n/t.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import type { PaneState } from '../state.ts';
import { remove } from './actions.ts';
import { mayDeleteForAll } from './may.ts';

/** Asks before anything is gone. */
export function DeleteDialog(props: { messages: readonly Message[]; state: PaneState; onClose(): void }) {
  const { messages, state, onClose } = props;
  const forAll = messages.every((message) => mayDeleteForAll(message, state.me, state.conversation));
  const done = (everyone: boolean) => () => {
    remove(state, messages, everyone);
    state.selected.value = null;
    onClose();
  };
  return (
    <Dialog
      title={t('delete.title', { count: messages.length })}
      onClose={onClose}
      actions={
        <>
          <Button kind="plain" onClick={onClose}>
            {t('shell.cancel')}
          </Button>
          <Button kind={forAll ? 'soft' : 'danger'} onClick={done(false)}>
            {t('delete.me')}
          </Button>
          {forAll && (
            <Button kind="danger" onClick={done(true)}>
              {t('delete.everyone')}
            </Button>
          )}
        </>
      }
    >
      <p>{t(forAll ? 'delete.text' : 'delete.textMine')}</p>
    </Dialog>
  );
}
