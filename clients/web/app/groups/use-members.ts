import { useEffect, useState } from 'preact/hooks';
import type { AnswerOf } from '../../../sdk/index.ts';
import type { Chat } from '../../chat/chat.ts';

export type Member = AnswerOf<'members.list'>['members'][number];

/** What is asked for at a time, and most in all: more than that nobody scrolls through. */
const PAGE = 1_000;
const MOST = 20_000;
/** What a page looks at of a conversation to hear who comes and goes. */
const LOOK = { page: 20, most: 40 };

export interface Members {
  /** Owners first, then administrators; null: not known yet. */
  members: readonly Member[] | null;
  error: unknown;
  again(): void;
}

const rank = { owner: 0, admin: 1, member: 2 } as const;

/** Who is in a group, as it is now: asked for again when somebody comes, goes, or becomes something else. */
export function useMembers(chat: Chat, conversation: string): Members {
  const [members, setMembers] = useState<readonly Member[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [turn, setTurn] = useState(0);
  const online = chat.status.value === 'online';

  useEffect(() => {
    let ended = false;
    let close = () => {};
    chat.look({ conversation }, LOOK).then(
      (view) => {
        if (ended) return view.close();
        let known: number | null = null;
        const stop = view.entries.subscribe((entries) => {
          const last = entries.findLast(
            (entry) => entry.type === 'notice' && /^members?\./.test(entry.event.type),
          );
          const seq = last?.seq ?? 0;
          if (known !== null && seq > known) setTurn((before) => before + 1);
          known = Math.max(known ?? 0, seq);
        });
        close = () => {
          stop();
          view.close();
        };
      },
      () => {}, // what is shown is as old as the screen
    );
    return () => {
      ended = true;
      close();
    };
  }, [chat, conversation]);

  useEffect(() => {
    let ended = false;
    allMembers(chat, conversation, () => ended).then(
      (all) => {
        if (ended) return;
        setMembers(all);
        setError(null);
      },
      (why: unknown) => {
        if (!ended) setError(why);
      },
    );
    return () => {
      ended = true;
    };
  }, [chat, conversation, online, turn]);

  return { members, error, again: () => setTurn((before) => before + 1) };
}

async function allMembers(chat: Chat, conversation: string, ended: () => boolean): Promise<Member[]> {
  const all: Member[] = [];
  let cursor: string | null = null;
  do {
    const more: { cursor?: string } = cursor === null ? {} : { cursor };
    const page: AnswerOf<'members.list'> = await chat.query('members.list', {
      conversation,
      limit: PAGE,
      ...more,
    });
    all.push(...page.members);
    cursor = page.next;
  } while (cursor !== null && all.length < MOST && !ended());
  // A sort that keeps what is equal in its order: of who came first.
  return all.sort((a, b) => rank[a.role] - rank[b.role]);
}
