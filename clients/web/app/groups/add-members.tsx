import { useState } from 'preact/hooks';
import type { Conversation } from '../../../sdk/index.ts';
import type { Chat } from '../../chat/chat.ts';
import { t } from '../../i18n/t.ts';
import { Button } from '../../ui/index.ts';
import { PeoplePicker } from '../people/picker.tsx';
import { back, type Place } from '../router.ts';
import { attempt, ScreenFrame } from '../screen/index.ts';
import { useMembers } from './use-members.ts';

/** More people for a group that there is. */
export function AddMembers(props: { chat: Chat; conversation: Conversation; parent: Place }) {
  const { chat, conversation, parent } = props;
  const { members } = useMembers(chat, conversation.id);
  const [picked, setPicked] = useState<readonly string[]>([]);
  const [busy, setBusy] = useState(false);
  async function add(): Promise<void> {
    setBusy(true);
    const done = await attempt(
      chat,
      chat.change('group.add', { conversation: conversation.id, users: [...picked] }),
    );
    setBusy(false);
    if (done) back(parent);
  }
  return (
    <ScreenFrame
      title={t('groups.add')}
      parent={parent}
      actions={
        <Button kind="primary" busy={busy} disabled={picked.length === 0} onClick={add}>
          {t('groups.addCount', { count: picked.length })}
        </Button>
      }
    >
      <PeoplePicker
        chat={chat}
        without={new Set((members ?? []).map(({ user }) => user))}
        picked={picked}
        onChange={setPicked}
      />
    </ScreenFrame>
  );
}
