import type { Message } from '../../../../sdk/index.ts';
import { t } from '../../../i18n/t.ts';
import { Dialog } from '../../../ui/dialog.tsx';
import type { PaneState } from '../state.ts';
import styles from './actions.module.css';
import { PersonLine } from './person-line.tsx';

/** Who reacted, and with what. Of very many the server names some. */
export function ReactionsDialog(props: { message: Message; state: PaneState; onClose(): void }) {
  const { message, state, onClose } = props;
  // As they are now.
  const now = state.view.entries.value.find(({ key }) => key === message.key);
  const reactions = now?.type === 'message' ? now.reactions : message.reactions;
  return (
    <Dialog title={t('message.reactionsOf')} shape="sheet" onClose={onClose}>
      {reactions.map(({ emoji, count, users }) => (
        <section key={emoji}>
          <h3 class={styles.heading}>{t('message.reaction', { emoji, count })}</h3>
          <ul>
            {users.map((user) => (
              <PersonLine key={user} user={user} state={state} />
            ))}
          </ul>
          {count > users.length && (
            <p class={styles.none}>{t('notice.others', { count: count - users.length })}</p>
          )}
        </section>
      ))}
    </Dialog>
  );
}
