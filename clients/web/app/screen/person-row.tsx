import type { ComponentChildren } from 'preact';
import type { Chat } from '../../chat/chat.ts';
import { t } from '../../i18n/t.ts';
import { Avatar, Icon } from '../../ui/index.ts';
import { nameOf } from '../naming.ts';
import { type Place, pathOf } from '../router.ts';
import styles from './screen.module.css';

interface PersonProps {
  chat: Chat;
  user: string;
  /** What they are called, where it is known already. */
  name?: string | undefined;
  /** Under the name; undefined: what they say of themselves. */
  detail?: ComponentChildren;
}

function Face({ chat, user, name, detail }: PersonProps) {
  const person = chat.person(user).value;
  const called = person === null ? (name ?? nameOf(chat, user)) : nameOf(chat, user);
  const online = user !== chat.me.user && (chat.presence(user).value?.online ?? false);
  const below = detail === undefined ? person?.status : detail;
  return (
    <>
      <Avatar id={user} name={called} photo={person?.photo ?? null} size={42} online={online} />
      <span class={styles.rowWords}>
        <span class={styles.name}>
          <bdi>{called}</bdi>
          {user === chat.me.user && <span class={styles.tag}>{t('shell.you')}</span>}
          {person?.kind === 'bot' && <span class={styles.tag}>{t('people.bot')}</span>}
          {online && <span class="heard">, {t('list.online')}</span>}
        </span>
        {below && (
          <span class={`${styles.detail} ${styles.oneLine}`}>
            {typeof below === 'string' ? <bdi>{below}</bdi> : below}
          </span>
        )}
      </span>
    </>
  );
}

/** Somebody, in a list: leads to them where `to` says so, and has room for buttons. */
export function PersonRow(props: PersonProps & { to?: Place; children?: ComponentChildren }) {
  const { to, children, ...person } = props;
  return (
    <div class={styles.personRow}>
      {to === undefined ? (
        <span class={styles.row}>
          <Face {...person} />
        </span>
      ) : (
        <a class={styles.row} href={pathOf(to)}>
          <Face {...person} />
        </a>
      )}
      {children}
    </div>
  );
}

/** Somebody whom one may choose among others. */
export function PickRow(props: PersonProps & { checked: boolean; onToggle(): void }) {
  const { checked, onToggle, ...person } = props;
  return (
    <label class={`${styles.row} ${styles.pick}`}>
      <Face {...person} />
      <input type="checkbox" checked={checked} onChange={onToggle} />
      <span class={styles.box}>{checked && <Icon name="check" size={16} />}</span>
    </label>
  );
}
