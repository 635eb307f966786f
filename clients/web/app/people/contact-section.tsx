import { useState } from 'preact/hooks';
import type { Chat } from '../../chat/chat.ts';
import { t } from '../../i18n/t.ts';
import { nameOf } from '../naming.ts';
import { ActionRow, attempt, Section } from '../screen/index.ts';
import { ContactDialog } from './contact-dialog.tsx';
import { useContacts } from './known.ts';

/** Whether somebody is one's contact, and what one calls them. */
export function ContactSection({ chat, user }: { chat: Chat; user: string }) {
  const { answer } = useContacts(chat);
  const [naming, setNaming] = useState(false);
  if (answer === null) return null;
  const contact = answer.contacts.find((one) => one.user === user) ?? null;
  return (
    <Section title={t('people.contact')} note={t('people.contactNote')}>
      <ActionRow
        icon={contact === null ? 'personPlus' : 'edit'}
        label={t(contact === null ? 'people.addContact' : 'people.renameContact')}
        onClick={() => setNaming(true)}
      />
      {contact !== null && (
        <ActionRow
          icon="close"
          label={t('people.removeContact')}
          onClick={() => void attempt(chat, chat.change('contact.remove', { user }))}
        />
      )}
      {naming && (
        <ContactDialog
          chat={chat}
          user={user}
          name={contact?.name ?? nameOf(chat, user)}
          isNew={contact === null}
          onClose={() => setNaming(false)}
        />
      )}
    </Section>
  );
}
