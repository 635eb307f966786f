import type { ComponentChild } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Virtualizer } from 'virtua';
import type { Conversation } from '../../../sdk/index.ts';
import type { Chat } from '../../chat/chat.ts';
import { t } from '../../i18n/t.ts';
import { Button, EmptyState, Spinner } from '../../ui/index.ts';
import { matches } from '../list/find.ts';
import { nameOf } from '../naming.ts';
import { go } from '../router.ts';
import { ActionRow, SearchField, Section } from '../screen/index.ts';
import screen from '../screen/screen.module.css';
import { wordsFor } from '../words-for.ts';
import { mayManage } from './may.ts';
import { MemberRow } from './member-row.tsx';
import { RemoveDialog } from './remove-dialog.tsx';
import { type Member, useMembers } from './use-members.ts';

/** Fewer are found by looking. */
const SEARCH_FROM = 10;
/** So many are all there, which whoever listens, or searches in the page, has more of. */
const MOST_AT_ONCE = 60;
/** Rows are as high as this, before they have been measured; pixels. */
const ROW = 60;

interface RowsProps {
  members: readonly Member[];
  row(member: Member): ComponentChild;
}

/** Who is in a group: any number of them, of whom those that are seen are there. */
export function MemberList({ chat, conversation }: { chat: Chat; conversation: Conversation }) {
  const { members, error, again } = useMembers(chat, conversation.id);
  const [text, setText] = useState('');
  const [removing, setRemoving] = useState<string | null>(null);
  const wanted = text.trim();
  const found = (members ?? []).filter(
    ({ user }) =>
      wanted === '' ||
      matches(nameOf(chat, user), wanted) ||
      matches(chat.person(user).value?.username ?? '', wanted.replace(/^@/, '')),
  );
  return (
    <Section title={members === null ? t('groups.members') : t('pane.members', { count: members.length })}>
      {mayManage(conversation.role) && (
        <ActionRow
          icon="personPlus"
          label={t('groups.add')}
          onClick={() =>
            go({ at: 'screen', name: 'details', path: ['conversation', conversation.id, 'add'] })
          }
        />
      )}
      {members === null && error === null && (
        <div class={screen.waiting}>
          <Spinner label={t('shell.opening')} />
        </div>
      )}
      {members === null && error !== null && (
        <EmptyState icon="warning" title={wordsFor(error)}>
          <Button onClick={again}>{t('shell.retry')}</Button>
        </EmptyState>
      )}
      {members !== null && members.length >= SEARCH_FROM && (
        <div class={screen.padded}>
          <SearchField label={t('groups.find')} value={text} onInput={setText} />
        </div>
      )}
      <Rows
        members={found}
        row={(member) => (
          <MemberRow chat={chat} conversation={conversation} member={member} onRemove={setRemoving} />
        )}
      />
      {members !== null && found.length === 0 && <p class={screen.padded}>{t('people.none')}</p>}
      {removing !== null && (
        <RemoveDialog
          chat={chat}
          conversation={conversation}
          user={removing}
          onClose={() => setRemoving(null)}
        />
      )}
    </Section>
  );
}

function Rows({ members, row }: RowsProps) {
  if (members.length > MOST_AT_ONCE) return <VirtualRows members={members} row={row} />;
  return (
    <div role="list" aria-label={t('groups.members')}>
      {members.map((member) => (
        <div key={member.user} role="listitem">
          {row(member)}
        </div>
      ))}
    </div>
  );
}

/** In the scroller of the screen, below whatever else is in it. */
function VirtualRows({ members, row }: RowsProps) {
  const list = useRef<HTMLDivElement>(null);
  const scroller = useRef<HTMLElement | null>(null);
  const [start, setStart] = useState<number | null>(null);
  useLayoutEffect(() => {
    const element = list.current!;
    const above = element.closest<HTMLElement>(`.${screen.body}`)!;
    scroller.current = above;
    const measure = () =>
      setStart(element.getBoundingClientRect().top - above.getBoundingClientRect().top + above.scrollTop);
    measure();
    // What stands above it grows and shrinks.
    const sizes = new ResizeObserver(measure);
    sizes.observe(above.firstElementChild!);
    return () => sizes.disconnect();
  }, []);
  return (
    <div ref={list} role="list" aria-label={t('groups.members')}>
      {start !== null && (
        <Virtualizer scrollRef={scroller} startMargin={start} itemSize={ROW}>
          {members.map((member) => (
            <div key={member.user} role="listitem">
              {row(member)}
            </div>
          ))}
        </Virtualizer>
      )}
    </div>
  );
}
