import type { ComponentChildren } from 'preact';
import type { Chat } from '../../chat/chat.ts';
import { t } from '../../i18n/t.ts';
import { Spinner } from '../../ui/index.ts';
import { Section } from '../screen/index.ts';
import { wordsFor } from '../words-for.ts';
import { useFound } from './find-person.ts';
import type { Known } from './known.ts';
import styles from './people.module.css';

/** Whoever has exactly the name that is typed, unless they are shown already; and that there is nobody, where nobody else is shown. */
export function FoundPerson(props: {
  chat: Chat;
  text: string;
  shown: ReadonlySet<string>;
  children(person: Known): ComponentChildren;
}) {
  const { chat, text, shown, children } = props;
  const found = useFound(chat, text);
  if (text.trim() === '') return null;
  const isNew = found.state === 'found' && !shown.has(found.user);
  const alone = shown.size === 0;
  return (
    <>
      <div class="heard" role="status">
        {found.state === 'none' && alone ? t('people.none') : ''}
      </div>
      {isNew && <Section title={t('people.found')}>{children(found)}</Section>}
      {found.state === 'searching' && alone && (
        <p class={styles.told}>
          <Spinner size={18} /> {t('list.searching')}
        </p>
      )}
      {(found.state === 'none' || found.state === 'nothing') && alone && (
        <p class={styles.told}>{t(found.state === 'none' ? 'people.none' : 'people.wholeName')}</p>
      )}
      {found.state === 'failed' && <p class={styles.told}>{wordsFor(found.error)}</p>}
    </>
  );
}
