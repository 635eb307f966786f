import { useEffect } from 'preact/hooks';
import type { PaneState } from './state.ts';

/** Most members that are asked for: of larger groups these are offered, and counted as so many. */
const MOST = 1_000;

/** Who is in a group; null: not known. Asked for again when somebody came or went. */
export function useMembers(state: PaneState): readonly string[] | null {
  const { conversation, chat, members } = state;
  const isGroup = conversation?.kind === 'group';
  const changed = state.view.entries.value.findLast(
    (entry) => entry.type === 'notice' && entry.event.type.startsWith('members.'),
  )?.seq;
  const isOnline = chat.status.value === 'online';
  useEffect(() => {
    if (!isGroup || !isOnline) return;
    let ended = false;
    chat.query('members.list', { conversation: conversation.id, limit: MOST }).then(
      (answer) => {
        if (!ended) members.value = answer.members.map(({ user }) => user);
      },
      () => {}, // the next connection asks again
    );
    return () => {
      ended = true;
    };
  }, [isGroup, isOnline, changed, conversation?.id]);
  return members.value;
}
