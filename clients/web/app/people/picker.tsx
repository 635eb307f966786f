import { useState } from 'preact/hooks';
import type { Chat } from '../../chat/chat.ts';
import { t } from '../../i18n/t.ts';
import { Avatar, Icon } from '../../ui/index.ts';
import { nameOf } from '../naming.ts';
import { PickRow, SearchField, Section } from '../screen/index.ts';
import { FoundPerson } from './found-person.tsx';
import { among, type Known, knownPeople, useContacts } from './known.ts';
import styles from './people.module.css';

export interface PeoplePickerProps {
  chat: Chat;
  /** Who is not offered: those who are in already. */
  without?: ReadonlySet<string>;
  picked: readonly string[];
  onChange(picked: readonly string[]): void;
}

/** Chooses people: of those whom one knows, or by their names. */
export function PeoplePicker({ chat, without = new Set(), picked, onChange }: PeoplePickerProps) {
  const [text, setText] = useState('');
  const asked = useContacts(chat);
  const known = knownPeople(chat, asked.answer);
  const offered = (people: readonly Known[]) => among(people, text).filter(({ user }) => !without.has(user));
  const contacts = offered(known.contacts);
  const others = offered(known.others);
  const shown = new Set([...contacts, ...others].map(({ user }) => user));
  const toggle = (user: string) =>
    onChange(picked.includes(user) ? picked.filter((one) => one !== user) : [...picked, user]);
  const row = ({ user, username, name }: Known) => (
    <PickRow
      chat={chat}
      user={user}
      name={name}
      detail={username === '' ? undefined : `@${username}`}
      checked={picked.includes(user)}
      onToggle={() => toggle(user)}
    />
  );

  return (
    <>
      <SearchField label={t('people.find')} value={text} onInput={setText} />
      {picked.length > 0 && (
        <ul class={styles.picked} aria-label={t('people.picked')}>
          {picked.map((user) => (
            <li key={user}>
              <button type="button" onClick={() => toggle(user)}>
                <Avatar
                  id={user}
                  name={nameOf(chat, user)}
                  photo={chat.person(user).value?.photo ?? null}
                  size={28}
                />
                <bdi>{nameOf(chat, user)}</bdi>
                <span class="heard">{t('people.unpick')}</span>
                <Icon name="close" size={16} />
              </button>
            </li>
          ))}
        </ul>
      )}
      <FoundPerson chat={chat} text={text} shown={shown}>
        {(person) =>
          without.has(person.user) || person.user === chat.me.user ? (
            <p class={styles.told}>{t('people.inAlready')}</p>
          ) : (
            row(person)
          )
        }
      </FoundPerson>
      {(
        [
          [t('people.contacts'), contacts],
          [t('people.others'), others],
        ] as const
      ).map(
        ([title, people]) =>
          people.length > 0 && (
            <Section key={title} title={title}>
              <ul>
                {people.map((person) => (
                  <li key={person.user}>{row(person)}</li>
                ))}
              </ul>
            </Section>
          ),
      )}
    </>
  );
}
