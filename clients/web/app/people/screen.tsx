import { NewGroup } from '../groups/new-group.tsx';
import { Invitation } from '../invite/invitation.tsx';
import { OwnLink } from '../invite/own-link.tsx';
import type { ScreenProps } from '../screen-props.ts';
import { NewChat } from './new-chat.tsx';

/** `/app/new`, `/app/new/group`, `/app/new/group/name`, `/app/new/link`, `/app/new/invite`. */
export default function People({ chat, path: [page, step] }: ScreenProps) {
  if (page === 'group') return <NewGroup chat={chat} naming={step === 'name'} />;
  if (page === 'link') return <OwnLink chat={chat} />;
  if (page === 'invite') return <Invitation chat={chat} />;
  return <NewChat chat={chat} />;
}
