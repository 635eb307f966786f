import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../../../i18n/t.ts';
import { IconButton } from '../../../ui/button.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { failed } from '../actions/actions.ts';
import type { PaneState } from '../state.ts';
import { type Hit, mergeHits } from './hits.ts';
import styles from './search.module.css';

/** How long one rests until it is searched, milliseconds; and most hits that are asked for. */
const REST_MS = 250;
const MOST = 100;

/** Goes from hit to hit, newest first: what is on this device, and what only the server has. */
export function SearchBar({ state, query }: { state: PaneState; query: string }) {
  const { hits, searching, onlyHere } = useHits(state, query);
  const [at, setAt] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  useEffect(() => {
    setAt(0);
    if (hits?.[0] !== undefined) void state.goTo(hits[0].seq).catch(failed);
  }, [hits?.[0]?.key, query]);

  function go(to: number): void {
    const hit = hits?.[to];
    if (hit === undefined) return;
    setAt(to);
    state.goTo(hit.seq).catch(failed);
  }
  function close(): void {
    state.query.value = null;
    state.toComposer.value++;
  }
  const count = hits?.length ?? 0;
  const told =
    query.trim() === ''
      ? ''
      : searching
        ? t('find.searching')
        : count === 0
          ? t('find.none')
          : t('find.of', { at: Math.min(at + 1, count), count });
  return (
    <search class={styles.bar}>
      <div class={styles.field}>
        <Icon name="search" size={18} />
        <input
          ref={field}
          type="search"
          value={query}
          placeholder={t('find.placeholder')}
          aria-label={t('find.label')}
          onInput={(event) => (state.query.value = event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') close();
            else if (event.key === 'Enter') go(event.shiftKey ? at - 1 : at + 1);
            else return;
            event.preventDefault();
            event.stopPropagation();
          }}
        />
        <span class={styles.told} role="status" title={onlyHere ? t('find.here') : undefined}>
          {told}
          {onlyHere && !searching && query.trim() !== '' && <Icon name="offline" size={14} />}
        </span>
      </div>
      <IconButton
        icon="up"
        label={t('find.previous')}
        disabled={at + 1 >= count}
        onClick={() => go(at + 1)}
      />
      <IconButton icon="down" label={t('find.next')} disabled={at === 0} onClick={() => go(at - 1)} />
      <IconButton icon="close" label={t('find.close')} onClick={close} />
    </search>
  );
}

/** null: nothing was searched for yet. What is here is shown before the server has answered. */
function useHits({ chat, conversation }: PaneState, query: string) {
  const [found, setFound] = useState<{ hits: Hit[] | null; searching: boolean; onlyHere: boolean }>({
    hits: null,
    searching: false,
    onlyHere: false,
  });
  const id = conversation?.id;
  useEffect(() => {
    const wanted = query.trim();
    if (wanted === '' || id === undefined) return setFound({ hits: null, searching: false, onlyHere: false });
    let ended = false;
    setFound(({ hits }) => ({ hits, searching: true, onlyHere: false }));
    const timer = setTimeout(async () => {
      const options = { conversation: id, limit: MOST };
      const here = await chat.searchHere(wanted, options).catch(() => []);
      if (ended) return;
      const first = mergeHits(here);
      setFound({ hits: first, searching: first.length === 0, onlyHere: false });
      const there = await chat.searchServer(wanted.slice(0, 200), options).catch(() => null);
      if (ended) return;
      const messages = there?.messages ?? [];
      setFound({ hits: mergeHits(here, messages), searching: false, onlyHere: there === null });
    }, REST_MS);
    return () => {
      ended = true;
      clearTimeout(timer);
    };
  }, [query, id]);
  return found;
}
