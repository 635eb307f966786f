import { isReadable, type Message } from '../../../../sdk/index.ts';
import { t } from '../../../i18n/t.ts';
import { Menu, type MenuItem } from '../../../ui/menu.tsx';
import { mediaOf } from '../../media/content.ts';
import { download } from '../../media/download.ts';
import { QuickReactions } from '../emoji/reaction-popover.tsx';
import type { PaneState } from '../state.ts';
import { copy } from './actions.ts';
import { mayCopy, mayDelete, mayEdit, mayForward, mayReact, mayReply } from './may.ts';

/** All that can be done with a message. */
export function MessageMenu(props: {
  message: Message;
  state: PaneState;
  at: { x: number; y: number };
  onClose(): void;
}) {
  const { message, state, at, onClose } = props;
  const writes = state.canWrite;
  const reacts = writes && mayReact(message);
  const over = (next: typeof state.over.value) => () => (state.over.value = next);
  const item = (may: boolean, one: MenuItem): MenuItem[] => (may ? [one] : []);
  const first = [
    ...item(writes && mayReply(message), {
      label: t('act.reply'),
      icon: 'reply',
      onChoose: () => state.answer({ kind: 'reply', message }),
    }),
    ...item(mayForward(message), {
      label: t('act.forward'),
      icon: 'forwardTo',
      onChoose: over({ kind: 'forward', messages: [message] }),
    }),
    ...item(mayCopy(message), { label: t('act.copy'), icon: 'copy', onChoose: () => copy([message]) }),
    ...item(mayDownload(message), {
      label: t('media.download'),
      icon: 'download',
      onChoose: () => download(state.chat, message),
    }),
    ...item(writes && mayEdit(message, state.me), {
      label: t('act.edit'),
      icon: 'edit',
      onChoose: () => state.answer({ kind: 'edit', message }),
    }),
  ];
  const second = [
    ...item(message.seq !== null, {
      label: t('act.select'),
      icon: 'check',
      onChoose: () => state.toggleSelected(message.key),
    }),
    { label: t('act.info'), icon: 'info', onChoose: over({ kind: 'info', message }) } as const,
    ...item(mayDelete(message), {
      label: t('act.delete'),
      icon: 'trash',
      danger: true,
      onChoose: over({ kind: 'delete', messages: [message] }),
    }),
  ];
  return (
    <Menu
      label={t('message.actions')}
      groups={[first, second].filter((group) => group.length > 0)}
      at={at}
      onClose={onClose}
      head={
        reacts && (
          <QuickReactions
            inMenu
            message={message}
            state={state}
            onDone={onClose}
            onMore={() => (state.over.value = { kind: 'emoji', message, at })}
          />
        )
      }
    />
  );
}

function mayDownload({ content, gone, unreadable }: Message): boolean {
  const media = gone === null && !unreadable ? mediaOf(content) : null;
  return media !== null && media.media !== '' && isReadable(media);
}
