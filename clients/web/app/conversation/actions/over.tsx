import { PreviewDialog } from '../../media/attach/preview-dialog.tsx';
import { Gallery } from '../../media/gallery/gallery.tsx';
import { ReactionPopover } from '../emoji/reaction-popover.tsx';
import type { PaneState } from '../state.ts';
import { DeleteDialog } from './delete-dialog.tsx';
import { ForwardDialog } from './forward-dialog.tsx';
import { InfoDialog } from './info-dialog.tsx';
import { KeysDialog } from './keys-dialog.tsx';
import { MessageMenu } from './message-menu.tsx';
import { ReactionsDialog } from './reactions-dialog.tsx';
import { TimerDialog } from './timer-dialog.tsx';

/** What lies over the conversation. */
export function OverView({ state }: { state: PaneState }) {
  const over = state.over.value;
  if (over === null) return null;
  const onClose = () => {
    if (state.over.peek() === over) state.over.value = null;
  };
  switch (over.kind) {
    case 'menu':
      return (
        <MessageMenu
          key={over.message.key}
          message={state.now(over.message)}
          at={over.at}
          state={state}
          onClose={onClose}
        />
      );
    case 'emoji':
      return <ReactionPopover message={over.message} at={over.at} state={state} onClose={onClose} />;
    case 'forward':
      return <ForwardDialog messages={over.messages} state={state} onClose={onClose} />;
    case 'delete':
      return <DeleteDialog messages={over.messages} state={state} onClose={onClose} />;
    case 'info':
      return <InfoDialog message={over.message} state={state} onClose={onClose} />;
    case 'reactions':
      return <ReactionsDialog message={over.message} state={state} onClose={onClose} />;
    case 'gallery':
      return <Gallery message={over.message} state={state} onClose={onClose} />;
    case 'files':
      return <PreviewDialog files={over.files} state={state} onClose={onClose} />;
    case 'timer':
      return <TimerDialog state={state} onClose={onClose} />;
    case 'keys':
      return <KeysDialog onClose={onClose} />;
  }
}
