import { useState } from 'preact/hooks';
import type { Chat } from '../../chat/chat.ts';
import { t } from '../../i18n/t.ts';
import { EmptyState } from '../../ui/index.ts';
import { LinkRow, PersonRow, presenceText, ScreenFrame, SearchField, Section } from '../screen/index.ts';
import { FoundPerson } from './found-person.tsx';
import { among, type Known, knownPeople, useContacts } from './known.ts';

const chatWith = (user: string) => ({ at: 'chat', where: { user } }) as const;

/** Whom to write to: somebody one knows, somebody by name, oneself, or several. */
export function NewChat({ chat }: { chat: Chat }) {
  const [text, setText] = useState('');
  const asked = useContacts(chat);
  const known = knownPeople(chat, asked.answer);
  const contacts = among(known.contacts, text);
  const others = among(known.others, text);
  const shown = new Set([...contacts, ...others].map(({ user }) => user));
  const nobody = known.contacts.length + known.others.length === 0;

  return (
    <ScreenFrame title={t('people.newChat')}>
      <SearchField label={t('people.find')} value={text} onInput={setText} />
      <FoundPerson chat={chat} text={text} shown={shown}>
        {({ user, username, name }) => (
          <PersonRow chat={chat} user={user} name={name} detail={`@${username}`} to={chatWith(user)} />
        )}
      </FoundPerson>
      {text.trim() === '' && (
        <Section>
          <LinkRow
            icon="people"
            label={t('people.newGroup')}
            to={{ at: 'screen', name: 'new', path: ['group'] }}
          />
          <LinkRow icon="edit" label={t('people.self')} to={chatWith(chat.me.user)} />
          <LinkRow icon="qr" label={t('people.myLink')} to={{ at: 'screen', name: 'new', path: ['link'] }} />
          {chat.me.admin === true && (
            <LinkRow
              icon="personPlus"
              label={t('people.invite')}
              to={{ at: 'screen', name: 'new', path: ['invite'] }}
            />
          )}
        </Section>
      )}
      <People title={t('people.contacts')} chat={chat} people={contacts} />
      <People title={t('people.others')} chat={chat} people={others} />
      {nobody && text.trim() === '' && asked.answer !== null && (
        <EmptyState icon="person" title={t('people.nobody')} text={t('people.nobodyText')} />
      )}
    </ScreenFrame>
  );
}

function People({ title, chat, people }: { title: string; chat: Chat; people: readonly Known[] }) {
  if (people.length === 0) return null;
  return (
    <Section title={title}>
      <ul>
        {people.map(({ user, username, name }) => {
          const seen = presenceText(chat.presence(user).value);
          const status = chat.person(user).value?.status;
          return (
            <li key={user}>
              <PersonRow
                chat={chat}
                user={user}
                name={name}
                detail={seen || status || `@${username}`}
                to={chatWith(user)}
              />
            </li>
          );
        })}
      </ul>
    </Section>
  );
}
