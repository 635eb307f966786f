import type { Message } from '../../../../sdk/index.ts';
import { list } from '../../../i18n/dates.ts';
import { number, t } from '../../../i18n/t.ts';
import { react } from '../actions/actions.ts';
import { nameOf } from '../names.ts';
import type { PaneState } from '../state.ts';
import { useLongPress } from './long-press.ts';
import styles from './message.module.css';

/** Under a message. A tap sets or takes back one’s own; pointing says who, a long press shows all of them. */
export function Reactions({ message, state }: { message: Message; state: PaneState }) {
  const all = () => (state.over.value = { kind: 'reactions', message });
  return (
    <div class={styles.reactions}>
      {message.reactions.map(({ emoji, count, users }) => (
        <Pill
          key={emoji}
          emoji={emoji}
          count={count}
          users={users}
          state={state}
          message={message}
          onAll={all}
        />
      ))}
    </div>
  );
}

function Pill(props: {
  emoji: string;
  count: number;
  users: readonly string[];
  message: Message;
  state: PaneState;
  onAll(): void;
}) {
  const { emoji, count, users, message, state, onAll } = props;
  const mine = users.includes(state.me);
  const names = users
    .slice(0, 5)
    .map((user) => (user === state.me ? t('message.you') : nameOf(state.chat, user)));
  const more = count - names.length;
  const press = useLongPress(onAll);
  return (
    <button
      type="button"
      tabIndex={-1}
      class={mine ? `${styles.reaction} ${styles.mineReaction}` : styles.reaction}
      aria-pressed={mine}
      aria-label={t(mine ? 'message.reactionOwn' : 'message.reaction', { emoji, count })}
      title={list(more > 0 ? [...names, t('notice.others', { count: more })] : names)}
      {...press}
      onClick={(event) => {
        event.stopPropagation();
        if (!press.wasLong()) react(state, message, emoji);
      }}
      onContextMenu={(event) => {
        event.preventDefault();
        event.stopPropagation();
        onAll();
      }}
    >
      <span>{emoji}</span>
      {count > 1 && <span class={styles.count}>{number(count)}</span>}
    </button>
  );
}
