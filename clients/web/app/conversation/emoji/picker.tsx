import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { t } from '../../../i18n/t.ts';
import { Spinner } from '../../../ui/spinner.tsx';
import { type Emoji, type EmojiGroup, loadEmoji } from './data.ts';
import styles from './emoji.module.css';
import { recentEmoji, usedEmoji } from './recent.ts';

const MOST_FOUND = 120;
const SIGNS = { 0: '😀', 1: '👋', 3: '🐦', 4: '🍋', 5: '⛵', 6: '⚽', 7: '💡', 8: '💛', 9: '🏁' } as const;

/** All emoji by kind, and by name. Arrows go through them. */
export function EmojiPicker({ onPick }: { onPick(emoji: string): void }) {
  const [groups, setGroups] = useState<readonly EmojiGroup[] | null>(null);
  const [query, setQuery] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const recent = useMemo(recentEmoji, []);
  useEffect(() => {
    field.current?.focus();
    loadEmoji().then(setGroups, () => setGroups([]));
  }, []);
  const found = useMemo(() => search(groups ?? [], query), [groups, query]);

  function pick(emoji: string): void {
    usedEmoji(emoji);
    onPick(emoji);
  }

  function press(event: KeyboardEvent): void {
    const all = [...body.current!.querySelectorAll<HTMLButtonElement>('[data-emoji]')];
    const at = all.indexOf(document.activeElement as HTMLButtonElement);
    const step = stepOf(event.key, all, at);
    if (step === null) return;
    event.preventDefault();
    all[Math.max(0, Math.min(all.length - 1, at + step))]?.focus();
  }

  const section = (name: string, emoji: readonly Emoji[], id: string) => (
    <section key={id} id={`emoji-${id}`} class={styles.section} aria-label={name}>
      <h3>{name}</h3>
      <div class={styles.grid}>
        {emoji.map((one) => (
          <button
            key={one.emoji}
            type="button"
            data-emoji
            tabIndex={-1}
            title={one.name}
            aria-label={one.name}
            onClick={() => pick(one.emoji)}
          >
            {one.emoji}
          </button>
        ))}
      </div>
    </section>
  );

  return (
    <div class={styles.picker} role="group" aria-label={t('emoji.label')} onKeyDown={press}>
      <input
        class={styles.search}
        type="search"
        value={query}
        placeholder={t('emoji.search')}
        aria-label={t('emoji.search')}
        ref={field}
        onInput={(event) => setQuery(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && found?.[0] !== undefined) pick(found[0].emoji);
        }}
      />
      <div ref={body} class={styles.body}>
        {groups === null && <Spinner />}
        {found !== null && found.length === 0 && <p class={styles.none}>{t('emoji.none')}</p>}
        {found !== null && found.length > 0 && section(t('emoji.label'), found, 'found')}
        {found === null && groups !== null && (
          <>
            {recent.length > 0 &&
              section(
                t('emoji.recent'),
                recent.map((emoji) => ({ emoji, name: emoji, words: '' })),
                'recent',
              )}
            {groups.map(({ group, emoji }) => section(t(`emoji.group${group}`), emoji, String(group)))}
          </>
        )}
      </div>
      {found === null && (
        <div class={styles.kinds}>
          {groups?.map(({ group }) => (
            <button
              key={group}
              type="button"
              title={t(`emoji.group${group}`)}
              aria-label={t(`emoji.group${group}`)}
              onClick={() =>
                body.current?.querySelector(`#emoji-${group}`)?.scrollIntoView({ block: 'start' })
              }
            >
              {SIGNS[group]}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

/** null: nothing is searched for. */
function search(groups: readonly EmojiGroup[], query: string): Emoji[] | null {
  const words = query.trim().toLowerCase().split(/\s+/u);
  if (words[0] === '') return null;
  const all = groups.flatMap(({ emoji }) => emoji);
  return all.filter((one) => words.every((word) => one.words.includes(word))).slice(0, MOST_FOUND);
}

function stepOf(key: string, all: readonly HTMLElement[], at: number): number | null {
  const here = all[at];
  if (here === undefined) return key === 'ArrowDown' ? 1 : null;
  const rtl = getComputedStyle(here).direction === 'rtl';
  if (key === 'ArrowRight' || key === 'ArrowLeft') return (key === 'ArrowRight') === rtl ? -1 : 1;
  if (key !== 'ArrowDown' && key !== 'ArrowUp') return null;
  // The nearest below or above, whatever the number in a row.
  const way = key === 'ArrowDown' ? 1 : -1;
  const { left, top } = here.getBoundingClientRect();
  let step = way;
  for (let next = at + way; all[next] !== undefined; next += way) {
    const box = all[next]!.getBoundingClientRect();
    step = next - at;
    if (box.top !== top && Math.abs(box.left - left) < box.width / 2) break;
  }
  return step;
}
