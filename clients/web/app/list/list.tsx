import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { Chat } from '../../chat/chat.ts';
import { t } from '../../i18n/t.ts';
import { Button, EmptyState, Icon, IconButton } from '../../ui/index.ts';
import { conversationAt } from '../naming.ts';
import { go, place } from '../router.ts';
import { SearchField } from '../screen/search-field.tsx';
import { MainMenu } from '../shell/main-menu.tsx';
import { Find } from './find.ts';
import { FixedRows } from './fixed-rows.tsx';
import { FoundList } from './found.tsx';
import styles from './list.module.css';
import { ordered } from './order.ts';
import { Row } from './row.tsx';

/** All conversations, and the search through them. */
export function List({ chat }: { chat: Chat }) {
  const query = useSignal('');
  const find = useMemo(() => new Find(chat), [chat]);
  const box = useRef<HTMLInputElement>(null);
  const side = useRef<HTMLElement>(null);
  const here = place.value;
  const open = here.at === 'chat' ? (conversationAt(chat, here.where)?.id ?? null) : null;
  const archive = useSignal(false);
  const { shown, archived } = ordered(chat.conversations.value);
  const inArchive = archive.value && archived.length > 0;
  const conversations = inArchive ? archived : shown;

  function search(text: string): void {
    query.value = text;
    find.search(text);
  }
  const toFirst = () => side.current?.querySelector<HTMLElement>('li a[tabindex="0"], li a')?.focus();

  useEffect(() => {
    const jump = (event: KeyboardEvent) => {
      if (
        event.key.toLowerCase() !== 'k' ||
        !(event.ctrlKey || event.metaKey) ||
        event.shiftKey ||
        event.altKey
      )
        return;
      event.preventDefault();
      box.current?.focus();
      box.current?.select();
    };
    addEventListener('keydown', jump);
    return () => removeEventListener('keydown', jump);
  }, []);
  // A person who was found is in the list now, or what was found is open.
  useEffect(() => {
    if (here.at === 'chat') search('');
  }, [here]);

  return (
    <section ref={side} class={styles.list} aria-label={t('list.label')}>
      <header class={styles.head}>
        <h1>{t('list.title')}</h1>
        <span class={styles.actions}>
          <IconButton
            icon="compose"
            label={t('menu.newChat')}
            onClick={() => go({ at: 'screen', name: 'new', path: [] })}
          />
          <MainMenu chat={chat} />
        </span>
      </header>
      <div class={styles.search}>
        <SearchField
          sunken
          field={box}
          label={t('list.searchLabel')}
          placeholder={t('list.search')}
          shortcuts="Control+K Meta+K"
          value={query.value}
          onInput={search}
          onClear={() => box.current?.focus()}
          onKeyDown={(event) => {
            if (event.key === 'ArrowDown') {
              event.preventDefault();
              toFirst();
            } else if (event.key === 'Enter') side.current?.querySelector<HTMLElement>('li a')?.click();
          }}
        />
      </div>
      {archived.length > 0 && query.value.trim() === '' && (
        <button type="button" class={styles.archive} onClick={() => (archive.value = !inArchive)}>
          <Icon name={inArchive ? 'back' : 'archive'} size={20} />
          {inArchive ? t('list.title') : t('list.archived', { count: archived.length })}
        </button>
      )}
      {query.value.trim() !== '' ? (
        <FoundList chat={chat} found={find.found.value} onLeave={() => box.current?.focus()} />
      ) : conversations.length === 0 ? (
        <EmptyState icon="chat" title={t('list.empty')} text={t('list.emptyText')}>
          <Button kind="primary" onClick={() => go({ at: 'screen', name: 'new', path: [] })}>
            {t('list.begin')}
          </Button>
        </EmptyState>
      ) : (
        <FixedRows
          key={inArchive ? 'archive' : 'list'}
          label={t('list.label')}
          items={conversations}
          keyOf={({ id }) => id}
          current={open}
          onLeave={() => box.current?.focus()}
          row={(conversation, tabIndex) => (
            <Row
              chat={chat}
              conversation={conversation}
              open={conversation.id === open}
              tabIndex={tabIndex}
            />
          )}
        />
      )}
    </section>
  );
}
