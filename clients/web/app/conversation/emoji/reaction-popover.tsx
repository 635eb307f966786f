import { useState } from 'preact/hooks';
import type { Message } from '../../../../sdk/index.ts';
import { t } from '../../../i18n/t.ts';
import { IconButton } from '../../../ui/button.tsx';
import { ownReaction, react } from '../actions/actions.ts';
import type { PaneState } from '../state.ts';
import styles from './emoji.module.css';
import { EmojiPicker } from './picker.tsx';
import { Popover } from './popover.tsx';
import { quickEmoji } from './recent.ts';

/** A row of the usual reactions, and all others behind a button. */
export function QuickReactions(props: {
  message: Message;
  state: PaneState;
  onDone(): void;
  onMore(): void;
  /** At the head of a menu, where everything is an item of it. */
  inMenu?: boolean;
}) {
  const { message, state, onDone, onMore, inMenu = false } = props;
  const own = ownReaction(message, state.me);
  const offered = own === null || quickEmoji().includes(own) ? quickEmoji() : [own, ...quickEmoji().slice(1)];
  return (
    <div class={styles.quick} role="group" aria-label={t('act.react')}>
      {offered.map((emoji) => (
        <button
          key={emoji}
          type="button"
          class={emoji === own ? `${styles.one} ${styles.own}` : styles.one}
          aria-label={t(emoji === own ? 'act.takeBack' : 'act.reactWith', { emoji })}
          {...(inMenu
            ? { role: 'menuitemcheckbox', 'aria-checked': emoji === own, tabIndex: -1 }
            : { 'aria-pressed': emoji === own })}
          onClick={() => {
            react(state, message, emoji);
            onDone();
          }}
        >
          {emoji}
        </button>
      ))}
      <IconButton
        {...(inMenu ? { role: 'menuitem', tabIndex: -1 } : {})}
        icon="plus"
        size={18}
        label={t('act.moreEmoji')}
        onClick={onMore}
      />
    </div>
  );
}

export function ReactionPopover(props: {
  message: Message;
  state: PaneState;
  at: { x: number; y: number };
  onClose(): void;
}) {
  const { message, state, at, onClose } = props;
  const [all, setAll] = useState(false);
  return (
    <Popover label={t('act.react')} at={at} onClose={onClose}>
      {all ? (
        <EmojiPicker
          onPick={(emoji) => {
            react(state, message, emoji);
            onClose();
          }}
        />
      ) : (
        <QuickReactions message={message} state={state} onDone={onClose} onMore={() => setAll(true)} />
      )}
    </Popover>
  );
}
