import { useEffect, useState } from 'preact/hooks';
import type { Chat, Where } from '../../chat/chat.ts';
import { t } from '../../i18n/t.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { Attach } from '../media/attach/attach.tsx';
import { useDrop } from '../media/attach/drop.tsx';
import { stopPlaying } from '../media/player.ts';
import { canRecord } from '../media/voice/recorder.ts';
import { Voice } from '../media/voice/voice.tsx';
import { failed } from './actions/actions.ts';
import { OverView } from './actions/over.tsx';
import { SelectionBar } from './actions/selection-bar.tsx';
import { Composer } from './composer/composer.tsx';
import { Header } from './header.tsx';
import { MessageList } from './list/message-list.tsx';
import { titleOf } from './names.ts';
import styles from './pane.module.css';
import { SearchBar } from './search/search-bar.tsx';
import { PaneState } from './state.ts';

export interface ConversationPaneProps {
  chat: Chat;
  where: Where;
  /** A message to go to. */
  seq?: number | undefined;
  /** One wants to search in it. */
  find?: boolean | undefined;
  onBack(): void;
  onOpen(where: Where): void;
  onDetails(): void;
}

/** What is held of a conversation that is looked at: pages, and most at a time. */
const LOOK = { page: 60, most: 600 };

/** One conversation: its head, its messages, and where one writes. */
export function ConversationPane(props: ConversationPaneProps) {
  const key = 'conversation' in props.where ? props.where.conversation : props.where.user;
  return <Opened key={key} {...props} />;
}

function Opened({ chat, where, seq, find, onBack, onOpen, onDetails }: ConversationPaneProps) {
  const [state, setState] = useState<PaneState | null>(null);
  const [broken, setBroken] = useState(false);
  useEffect(() => {
    let ended = false;
    let close = () => {};
    void (async () => {
      const view = await chat.look(where, LOOK);
      close = () => view.close();
      if (ended) return close();
      const opened = new PaneState({ chat, view, where, onOpen });
      // Where much is unread one begins to read where it begins.
      const begins = opened.opened?.after ?? 0;
      const first = view.entries.peek().find(({ seq }) => seq !== null)?.seq ?? 0;
      if (opened.opened !== null && begins + 1 < first && !view.atStart.peek())
        await view.jump(begins + 1).catch(() => {});
      if (ended) return;
      setState(opened);
    })().catch(() => setBroken(true));
    return () => {
      ended = true;
      close();
    };
  }, []);
  useEffect(() => {
    if (state !== null && seq !== undefined) state.goTo(seq).catch(failed);
  }, [state, seq]);
  useEffect(() => {
    if (state !== null && find === true) state.query.value ??= '';
  }, [state, find]);
  if (state === null)
    return (
      <section class={styles.pane}>
        <div class={styles.opening}>
          {broken ? (
            <EmptyState icon="warning" title={t('pane.failed')} />
          ) : (
            <Spinner label={t('pane.opening')} />
          )}
        </div>
      </section>
    );
  return <Pane state={state} onBack={onBack} onDetails={onDetails} />;
}

function Pane({ state, onBack, onDetails }: { state: PaneState; onBack(): void; onDetails(): void }) {
  const { name } = titleOf(state.chat, state.conversation, state.where);
  const query = state.query.value;
  const drop = useDrop(state);
  // What plays here has its buttons here.
  useEffect(() => stopPlaying, []);
  const isEmpty = state.view.entries.value.length === 0 && state.view.atStart.value;

  function press(event: KeyboardEvent): void {
    if ((event.ctrlKey || event.metaKey) && event.code === 'KeyF' && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      state.query.value ??= '';
    } else if (event.key === 'Escape' && !event.defaultPrevented) {
      if (state.selected.peek() !== null) state.selected.value = null;
      else state.toComposer.value++;
    } else if (event.key === '?' && !(event.target as Element).matches('input, textarea')) {
      event.preventDefault();
      state.over.value = { kind: 'keys' };
    }
  }

  return (
    <section class={styles.pane} aria-label={t('pane.label', { name })} onKeyDown={press} {...drop.handlers}>
      <Header state={state} onBack={onBack} onDetails={onDetails} />
      {query !== null && <SearchBar state={state} query={query} />}
      {isEmpty ? (
        <div class={styles.opening}>
          <EmptyState icon="chat" title={t('pane.empty')} text={t('pane.emptyText', { name })} />
        </div>
      ) : (
        <MessageList state={state} />
      )}
      {state.selected.value !== null ? (
        <SelectionBar state={state} />
      ) : state.canWrite ? (
        <Composer
          state={state}
          attachments={<Attach state={state} />}
          {...(canRecord() ? { voice: <Voice state={state} /> } : {})}
        />
      ) : (
        <p class={styles.denied}>{t('pane.notMember')}</p>
      )}
      <OverView state={state} />
      {drop.overlay}
    </section>
  );
}
