import { useState } from 'preact/hooks';
import type { Conversation, Message } from '../../../../sdk/index.ts';
import { t } from '../../../i18n/t.ts';
import { Avatar } from '../../../ui/avatar.tsx';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { titleOf } from '../names.ts';
import type { PaneState } from '../state.ts';
import styles from './actions.module.css';
import { failed, forward } from './actions.ts';

/** Most that one forwards to at a time, and most that are shown. */
const MOST = 20;
const SHOWN = 200;

/** Chooses conversations to say it in again. */
export function ForwardDialog(props: { messages: readonly Message[]; state: PaneState; onClose(): void }) {
  const { messages, state, onClose } = props;
  const [query, setQuery] = useState('');
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const wanted = query.trim().toLowerCase();
  const found = state.chat.conversations.value
    .filter(({ kind, member }) => kind === 'direct' || member)
    .map((conversation) => ({
      conversation,
      title: titleOf(state.chat, conversation, { conversation: conversation.id }),
    }))
    .filter(({ title }) => title.name.toLowerCase().includes(wanted))
    .slice(0, SHOWN);
  const toggle = ({ id }: Conversation) => {
    const next = new Set(chosen);
    if (!next.delete(id) && next.size < MOST) next.add(id);
    setChosen(next);
  };
  const done = () => {
    const to = [...chosen].map((conversation) => ({ conversation }));
    forward(state.chat, messages, to).catch(failed);
    state.selected.value = null;
    onClose();
    if (to.length === 1) state.onOpen(to[0]!);
  };
  return (
    <Dialog
      title={t('forward.title')}
      shape="sheet"
      onClose={onClose}
      actions={
        <Button kind="primary" icon="send" wide disabled={chosen.size === 0} onClick={done}>
          {t('forward.send', { count: chosen.size })}
        </Button>
      }
    >
      <input
        class={styles.search}
        type="search"
        value={query}
        placeholder={t('forward.search')}
        aria-label={t('forward.search')}
        onInput={(event) => setQuery(event.currentTarget.value)}
      />
      <ul class={styles.choices}>
        {found.map(({ conversation, title }) => (
          <li key={conversation.id}>
            <label class={styles.choice}>
              <Avatar id={title.id} name={title.name} photo={title.photo} size={40} />
              <bdi>{title.name}</bdi>
              <input
                type="checkbox"
                checked={chosen.has(conversation.id)}
                onChange={() => toggle(conversation)}
              />
              <span class={styles.box}>{chosen.has(conversation.id) && <Icon name="check" size={16} />}</span>
            </label>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p class={styles.none}>{t('forward.none')}</p>}
    </Dialog>
  );
}
