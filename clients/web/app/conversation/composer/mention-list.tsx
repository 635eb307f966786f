import type { RefObject } from 'preact';
import { useEffect, useId, useState } from 'preact/hooks';
import type { Person } from '../../../chat/chat.ts';
import { t } from '../../../i18n/t.ts';
import { Avatar } from '../../../ui/avatar.tsx';
import type { PaneState } from '../state.ts';
import type { Mentioned } from '../text/format.ts';
import styles from './composer.module.css';
import { insertMention, type MentionQuery, matching, mentionAt } from './mentions.ts';

/** Most that are offered, and most members whose names are looked at. */
const OFFERED = 6;
const LOOKED_AT = 200;

/** Completes `@name` in a group: a list over the text that arrows go through while the text keeps the focus. */
export function useMentions(
  state: PaneState,
  field: RefObject<HTMLTextAreaElement | null>,
  text: string,
  onChoose: (text: string, caret: number, mentioned: Mentioned) => void,
) {
  const id = useId();
  const [query, setQuery] = useState<MentionQuery | null>(null);
  const [at, setAt] = useState(0);
  const isGroup = state.isGroup.value;

  useEffect(() => {
    const caret = field.current?.selectionStart ?? text.length;
    setQuery(isGroup ? mentionAt(text, caret) : null);
    setAt(0);
  }, [text, isGroup]);

  const people = query === null ? [] : matching(peopleIn(state), query.query, OFFERED);
  const open = people.length > 0;
  const here = Math.min(at, people.length - 1);

  function choose(person: Person): void {
    const { text: next, caret } = insertMention(text, query!, person.name);
    setQuery(null);
    onChoose(next, caret, { user: person.user, name: person.name });
  }

  /** True: the key was for the list. */
  function press(event: KeyboardEvent): boolean {
    if (!open) return false;
    if (event.key === 'ArrowDown') setAt((here + 1) % people.length);
    else if (event.key === 'ArrowUp') setAt((here + people.length - 1) % people.length);
    else if (event.key === 'Enter' || event.key === 'Tab') choose(people[here]!);
    else if (event.key === 'Escape') setQuery(null);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }
  return {
    press,
    list: { id, people, here, onChoose: choose },
    field: isGroup
      ? ({
          'aria-autocomplete': 'list',
          'aria-controls': open ? id : undefined,
          'aria-activedescendant': open ? `${id}-${here}` : undefined,
        } as const)
      : {},
  };
}

function peopleIn({ members, me, chat, view }: PaneState): Person[] {
  // Without a connection: those who have spoken.
  const users = members.value ?? [...new Set(view.entries.peek().map(({ sender }) => sender))];
  return users
    .filter((user) => user !== me)
    .slice(0, LOOKED_AT)
    .map((user) => chat.person(user).value)
    .filter((person) => person !== null);
}

export function MentionList(props: {
  id: string;
  people: readonly Person[];
  here: number;
  onChoose(person: Person): void;
}) {
  const { id, people, here, onChoose } = props;
  if (people.length === 0) return null;
  return (
    <div id={id} class={styles.mentions} role="listbox" aria-label={t('composer.mention')}>
      {people.map((person, at) => (
        <button
          type="button"
          key={person.user}
          id={`${id}-${at}`}
          role="option"
          tabIndex={-1}
          aria-selected={at === here}
          class={at === here ? `${styles.person} ${styles.here}` : styles.person}
          // The text keeps the focus.
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onChoose(person)}
        >
          <Avatar id={person.user} name={person.name} photo={person.photo} size={28} />
          <bdi>{person.name}</bdi>
          <span class={styles.username} dir="ltr">
            @{person.username}
          </span>
        </button>
      ))}
    </div>
  );
}
