import { useRef, useState } from 'preact/hooks';
import type { Chat } from '../../chat/chat.ts';
import { t } from '../../i18n/t.ts';
import { Button, Dialog, TextField } from '../../ui/index.ts';
import { attempt } from '../screen/index.ts';

/** What one calls a contact oneself: nobody else sees it. */
export function ContactDialog(props: {
  chat: Chat;
  user: string;
  name: string;
  isNew: boolean;
  onClose(): void;
}) {
  const { chat, user, isNew, onClose } = props;
  const [name, setName] = useState(props.name);
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const wanted = name.trim();
  async function save(event: Event): Promise<void> {
    event.preventDefault();
    if (wanted === '') return;
    setBusy(true);
    const done = await attempt(chat, chat.change('contact.add', { user, name: wanted }));
    setBusy(false);
    if (done) onClose();
  }
  return (
    <Dialog
      title={t(isNew ? 'people.addContact' : 'people.renameContact')}
      onClose={onClose}
      actions={
        <>
          <Button kind="plain" onClick={onClose}>
            {t('shell.cancel')}
          </Button>
          <Button
            kind="primary"
            busy={busy}
            disabled={wanted === ''}
            onClick={() => form.current?.requestSubmit()}
          >
            {t('people.save')}
          </Button>
        </>
      }
    >
      <form ref={form} onSubmit={save} noValidate>
        <TextField
          label={t('people.name')}
          hint={t('people.contactNameHint')}
          value={name}
          dir="auto"
          maxLength={100}
          autoFocus
          onInput={setName}
        />
      </form>
    </Dialog>
  );
}
