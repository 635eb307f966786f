import type { Message } from '../../../../sdk/index.ts';
import { t } from '../../../i18n/t.ts';
import { hueOf } from '../../../ui/avatar.ts';
import { Avatar } from '../../../ui/avatar.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { Instead } from '../content/instead.tsx';
import { Body } from '../content/renderers.tsx';
import { nameOf } from '../names.ts';
import type { PaneState } from '../state.ts';
import { emojiOnly } from '../text/emoji-only.ts';
import { plainText } from './label.ts';
import { useLongPress } from './long-press.ts';
import styles from './message.module.css';
import { Meta } from './meta.tsx';
import { Quote } from './quote.tsx';
import { Reactions } from './reactions.tsx';
import { Refused } from './refused.tsx';
import { useSwipe } from './swipe.ts';
import { Toolbar } from './toolbar.tsx';

/** Forwarded so often that one should know. */
const OFTEN = 5;

interface Props {
  message: Message;
  state: PaneState;
  /** Its place among its sender’s. */
  first: boolean;
  last: boolean;
}

/** One message. */
export function Bubble({ message, state, first, last }: Props) {
  const mine = message.sender === state.me;
  const isGroup = state.isGroup.value;
  const selecting = state.selected.value !== null;
  const selected = state.selected.value?.has(message.key) ?? false;
  const menu = (at: { x: number; y: number }) => {
    if (!selecting) state.over.value = { kind: 'menu', message, at };
  };
  const press = useLongPress(menu);
  const swipe = useSwipe(() => {
    if (state.canWrite && message.gone === null && message.seq !== null)
      state.answer({ kind: 'reply', message });
  });
  const bare = message.gone === null && message.replyTo === null && isLarge(message);
  const classes = [
    styles.bubble,
    mine ? styles.mine : styles.theirs,
    first && styles.first,
    last && styles.last,
    bare && styles.bare,
    message.mentions.includes(state.me) && !mine && styles.toMe,
    state.highlighted.value === message.key && styles.lit,
  ];
  return (
    <div class={[styles.line, mine && styles.own, selected && styles.chosen].filter(Boolean).join(' ')}>
      {selecting && (
        <span class={styles.choice} aria-hidden="true">
          {selected && <Icon name="check" size={16} />}
        </span>
      )}
      {isGroup && !mine && (
        <span class={styles.face}>
          {last && (
            <Avatar
              id={message.sender}
              name={nameOf(state.chat, message.sender)}
              photo={state.chat.person(message.sender).value?.photo ?? null}
              size={32}
            />
          )}
        </span>
      )}
      <div class={styles.stack}>
        <div
          data-bubble
          class={classes.filter(Boolean).join(' ')}
          {...(selecting ? {} : both(press, swipe))}
          onContextMenu={(event) => {
            // Where text is selected, or a link pressed, the browser has more to offer.
            if ((event.target as Element).closest('a') || !getSelection()?.isCollapsed) return;
            event.preventDefault();
            menu({ x: event.clientX, y: event.clientY });
          }}
        >
          <span class={styles.replies} aria-hidden="true">
            <Icon name="reply" size={18} />
          </span>
          {isGroup && !mine && first && <Sender user={message.sender} state={state} />}
          {message.forwarded > 0 && (
            <span class={styles.forwarded}>
              <Icon name="forwardTo" size={14} />
              {t(message.forwarded >= OFTEN ? 'message.forwardedOften' : 'message.forwarded')}
            </span>
          )}
          {message.replyTo !== null && message.gone === null && <Quote seq={message.replyTo} state={state} />}
          {message.gone === null ? (
            <Body message={message} state={state} meta={<Meta message={message} />} />
          ) : (
            <Instead text={plainText(message, state.me)} meta={<Meta message={message} />} />
          )}
        </div>
        {message.reactions.length > 0 && <Reactions message={message} state={state} />}
        {message.state === 'refused' && <Refused message={message} state={state} />}
      </div>
      {!selecting && <Toolbar message={message} state={state} />}
    </div>
  );
}

function Sender({ user, state }: { user: string; state: PaneState }) {
  const isBot = state.chat.person(user).value?.kind === 'bot';
  return (
    <button
      type="button"
      tabIndex={-1}
      class={styles.sender}
      style={{ '--hue': hueOf(user) }}
      onClick={() => state.onOpen({ user })}
    >
      <bdi>{nameOf(state.chat, user)}</bdi>
      {isBot && <span class={styles.bot}>{t('pane.bot')}</span>}
    </button>
  );
}

const isLarge = ({ content }: Message) => content?.type === 'text' && emojiOnly(String(content.text)) > 0;

type Handlers = Record<
  'onPointerDown' | 'onPointerMove' | 'onPointerUp' | 'onPointerCancel',
  (event: PointerEvent) => void
>;

/** Two that follow the same finger. */
function both(one: Handlers, other: Handlers): Handlers {
  const join = (name: keyof Handlers) => (event: PointerEvent) => {
    one[name](event);
    other[name](event);
  };
  return {
    onPointerDown: join('onPointerDown'),
    onPointerMove: join('onPointerMove'),
    onPointerUp: join('onPointerUp'),
    onPointerCancel: join('onPointerCancel'),
  };
}
