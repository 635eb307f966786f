import { lazy, Suspense } from 'preact/compat';
import { useEffect, useMemo } from 'preact/hooks';
import type { Chat } from '../../chat/chat.ts';
import { number, t } from '../../i18n/t.ts';
import { Logo, Spinner } from '../../ui/index.ts';
import { Boundary } from '../boundary.tsx';
import { List } from '../list/list.tsx';
import { useNotifications } from '../notifications/use-notifications.ts';
import { back, go, type Place, place } from '../router.ts';
import { screens } from '../screens.ts';
import { Connection } from './connection.tsx';
import styles from './shell.module.css';
import { useTelling } from './use-telling.ts';

const ConversationPane = lazy(() => import('../conversation/pane.tsx').then((pane) => pane.ConversationPane));

/** The list, and what is open beside it; on a phone one of the two. */
export function Shell({ chat }: { chat: Chat }) {
  const here = place.value;
  // An address that leads nowhere is the list.
  const nothingOpen =
    here.at === 'list' ||
    here.at === 'invite' ||
    (here.at === 'screen' && !Object.hasOwn(screens, here.name));

  const unread = chat.conversations.value.reduce((sum, one) => sum + (one.unread > 0 ? 1 : 0), 0);
  useEffect(() => {
    document.title = unread === 0 ? t('shell.name') : `(${number(unread)}) ${t('shell.name')}`;
  });
  useEffect(() => {
    const leave = (event: KeyboardEvent) => {
      // What is over the page, and what is being written, comes first and says so.
      if (
        event.key === 'Escape' &&
        !event.defaultPrevented &&
        document.querySelector('dialog[open]') === null
      )
        if (place.peek().at !== 'list') go({ at: 'list' });
    };
    addEventListener('keydown', leave);
    return () => removeEventListener('keydown', leave);
  }, []);

  useTelling(chat);
  useNotifications(chat);

  return (
    <div class={nothingOpen ? styles.shell : `${styles.shell} ${styles.open}`}>
      <div class={styles.side}>
        <Connection chat={chat} />
        <List chat={chat} />
      </div>
      <main class={styles.main} id="main">
        <Boundary key={keyOf(here)}>
          <Suspense fallback={<Waiting />}>
            <Open chat={chat} here={here} />
          </Suspense>
        </Boundary>
      </main>
    </div>
  );
}

function Open({ chat, here }: { chat: Chat; here: Place }) {
  if (here.at === 'chat')
    return (
      <ConversationPane
        chat={chat}
        where={here.where}
        seq={here.seq}
        find={here.find}
        onBack={() => back()}
        onOpen={(where) => go({ at: 'chat', where })}
        onDetails={() => go({ at: 'screen', name: 'details', path: Object.entries(here.where).flat() })}
      />
    );
  if (here.at === 'screen' && Object.hasOwn(screens, here.name))
    return <Screen key={here.name} chat={chat} name={here.name} path={here.path} />;
  return (
    <div class={styles.nothing}>
      <Logo size={96} />
      <p class={styles.title}>{t('shell.pickOne')}</p>
      <p>{t('shell.pickOneText')}</p>
    </div>
  );
}

function Screen({ chat, name, path }: { chat: Chat; name: string; path: readonly string[] }) {
  const Loaded = useMemo(() => lazy(screens[name]!), [name]);
  return <Loaded chat={chat} path={path} onBack={() => back()} />;
}

const Waiting = () => (
  <div class={styles.nothing}>
    <Spinner size={32} label={t('shell.opening')} />
  </div>
);

/** What breaks in one place does not stay broken in the next. */
const keyOf = (here: Place): string =>
  here.at === 'chat' ? JSON.stringify(here.where) : here.at === 'screen' ? here.name : here.at;
