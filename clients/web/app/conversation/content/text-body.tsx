import { useState } from 'preact/hooks';
import { t } from '../../../i18n/t.ts';
import { nameOf } from '../names.ts';
import { emojiOnly } from '../text/emoji-only.ts';
import { RichText } from '../text/rich-text.tsx';
import type { BodyProps } from './body-props.ts';
import { beginningOf } from './collapse.ts';
import styles from './content.module.css';

/** Written text, with what stands at the end of its last line. */
export function TextBody({ message, state, meta }: BodyProps) {
  const [whole, setWhole] = useState(false);
  const text = String(message.content?.text ?? '');
  const large = emojiOnly(text);
  const query = state.query.value;
  const beginning = large > 0 || (query !== null && query !== '') ? null : beginningOf(text);
  const mentioned = message.mentions.map((user) => ({ user, name: nameOf(state.chat, user) }));
  return (
    <div dir="auto" class={large > 0 ? `${styles.text} ${styles[`emoji${large}`]}` : styles.text}>
      <RichText
        text={beginning !== null && !whole ? `${beginning}…` : text}
        mentioned={mentioned}
        me={state.me}
        query={query}
        onMention={(user) => user !== state.me && state.onOpen({ user })}
      />
      {beginning !== null && (
        <button type="button" class={styles.more} tabIndex={-1} onClick={() => setWhole(!whole)}>
          {t(whole ? 'message.less' : 'message.more')}
        </button>
      )}
      {meta}
    </div>
  );
}
