import { useRef, useState } from 'preact/hooks';
import type { Conversation } from '../../../sdk/index.ts';
import type { Chat } from '../../chat/chat.ts';
import { t } from '../../i18n/t.ts';
import { Button, Dialog } from '../../ui/index.ts';
import { attempt } from '../screen/index.ts';
import { type GroupDraft, GroupFields, wrongIn } from './group-fields.tsx';

/** Another name, another photo. */
export function EditGroup(props: { chat: Chat; conversation: Conversation; onClose(): void }) {
  const { chat, conversation, onClose } = props;
  const { id, name, photo } = conversation;
  const [draft, setDraft] = useState<GroupDraft>({ name: name ?? '', photo: photo ?? '' });
  const [told, setTold] = useState(false);
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);

  async function save(event: Event): Promise<void> {
    event.preventDefault();
    setTold(true);
    const wrong = wrongIn(draft);
    if (wrong.name !== null || wrong.photo !== null) return;
    const next = { name: draft.name.trim(), photo: draft.photo.trim() || null };
    const fields = {
      ...(next.name === name ? {} : { name: next.name }),
      ...(next.photo === photo ? {} : { photo: next.photo }),
    };
    if (Object.keys(fields).length === 0) return onClose();
    setBusy(true);
    const done = await attempt(chat, chat.change('group.update', { conversation: id, ...fields }));
    setBusy(false);
    if (done) onClose();
  }

  return (
    <Dialog
      title={t('groups.edit')}
      onClose={onClose}
      actions={
        <>
          <Button kind="plain" onClick={onClose}>
            {t('shell.cancel')}
          </Button>
          <Button kind="primary" busy={busy} onClick={() => form.current?.requestSubmit()}>
            {t('people.save')}
          </Button>
        </>
      }
    >
      <form ref={form} onSubmit={save} noValidate>
        <GroupFields id={id} draft={draft} told={told} onChange={setDraft} />
      </form>
    </Dialog>
  );
}
