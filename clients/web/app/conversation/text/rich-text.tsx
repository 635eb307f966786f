import type { ComponentChildren } from 'preact';
import { t } from '../../../i18n/t.ts';
import { matchesIn } from '../search/hits.ts';
import { type Mentioned, type Part, partsOf } from './format.ts';
import styles from './rich-text.module.css';

interface Props {
  text: string;
  mentioned?: readonly Mentioned[];
  me?: string;
  /** What is searched for: lit up where it stands. */
  query?: string | null;
  onMention?: (user: string) => void;
}

/** A text as elements: there is no way from it to HTML. */
export function RichText({ text, mentioned = [], me, query = null, onMention }: Props) {
  const draw = (parts: readonly Part[]): ComponentChildren => parts.map(piece);
  const piece = (part: Part, at: number): ComponentChildren => {
    switch (part.type) {
      case 'text':
        return lit(part.text, query);
      case 'strong':
        return <strong key={at}>{draw(part.parts)}</strong>;
      case 'em':
        return <em key={at}>{draw(part.parts)}</em>;
      case 'del':
        return <del key={at}>{draw(part.parts)}</del>;
      case 'code':
        return (
          <code key={at} dir="ltr" class={styles.code}>
            {lit(part.text, query)}
          </code>
        );
      case 'block':
        return (
          <pre key={at} dir="auto" class={styles.block}>
            <code>{lit(part.text.replace(/^\n|\n$/g, ''), query)}</code>
          </pre>
        );
      case 'link':
        return (
          <a
            key={at}
            href={part.href}
            target="_blank"
            rel="noopener noreferrer nofollow"
            title={t('message.openLink', { link: part.href })}
          >
            <bdi>{lit(part.shown, query)}</bdi>
          </a>
        );
      case 'mention':
        return (
          <button
            key={at}
            type="button"
            tabIndex={-1}
            class={part.user === me ? `${styles.mention} ${styles.mine}` : styles.mention}
            onClick={() => onMention?.(part.user)}
          >
            <bdi>{part.text}</bdi>
          </button>
        );
    }
  };
  return <>{draw(partsOf(text, mentioned))}</>;
}

function lit(text: string, query: string | null): ComponentChildren {
  if (query === null || query.trim() === '') return text;
  const pieces: ComponentChildren[] = [];
  let from = 0;
  for (const [start, end] of matchesIn(text, query)) {
    pieces.push(text.slice(from, start), <mark key={start}>{text.slice(start, end)}</mark>);
    from = end;
  }
  return [...pieces, text.slice(from)];
}
