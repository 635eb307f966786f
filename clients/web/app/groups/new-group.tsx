import { useRef, useState } from 'preact/hooks';
import { uuidv7 } from 'uuidv7';
import type { Chat } from '../../chat/chat.ts';
import { t } from '../../i18n/t.ts';
import { Button } from '../../ui/index.ts';
import { PeoplePicker } from '../people/picker.tsx';
import { go } from '../router.ts';
import { attempt, ScreenFrame, Section } from '../screen/index.ts';
import screen from '../screen/screen.module.css';
import { type GroupDraft, GroupFields, wrongIn } from './group-fields.tsx';
import { HistoryChoice } from './history-choice.tsx';

const page = (...path: string[]) => ({ at: 'screen', name: 'new', path }) as const;

/** Members first, then what it is called: a group. `naming`: the second step. */
export function NewGroup({ chat, naming }: { chat: Chat; naming: boolean }) {
  const [members, setMembers] = useState<readonly string[]>([]);
  const [draft, setDraft] = useState<GroupDraft>({ name: '', photo: '' });
  const [history, setHistory] = useState<'joined' | 'all'>('joined');
  const [told, setTold] = useState(false);
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);

  async function make(event: Event): Promise<void> {
    event.preventDefault();
    const wrong = wrongIn(draft);
    setTold(true);
    if (wrong.name !== null || wrong.photo !== null) {
      const field = wrong.name === null ? 'photo' : 'name';
      form.current?.querySelector<HTMLInputElement>(`[name=${field}]`)?.focus();
      return;
    }
    setBusy(true);
    const id = uuidv7();
    const photo = draft.photo.trim();
    const fields = {
      name: draft.name.trim(),
      members: [...members],
      history,
      ...(photo === '' ? {} : { photo }),
    };
    const made = await attempt(chat, chat.change('group.create', fields, id));
    setBusy(false);
    if (made) go({ at: 'chat', where: { conversation: id } }, { replace: true });
  }

  if (!naming)
    return (
      <ScreenFrame
        key="members"
        title={t('people.newGroup')}
        parent={page()}
        actions={
          <Button kind="primary" onClick={() => go(page('group', 'name'))}>
            {members.length === 0 ? t('groups.alone') : t('groups.next', { count: members.length })}
          </Button>
        }
      >
        <PeoplePicker chat={chat} picked={members} onChange={setMembers} />
      </ScreenFrame>
    );
  return (
    <ScreenFrame key="name" title={t('people.newGroup')} parent={page('group')}>
      <form ref={form} class={screen.form} onSubmit={make} noValidate>
        <Section>
          <GroupFields draft={draft} told={told} onChange={setDraft} />
        </Section>
        <Section title={t('groups.history')}>
          <HistoryChoice value={history} onChoose={setHistory} />
        </Section>
        <Button type="submit" kind="primary" icon="check" wide busy={busy}>
          {members.length === 0 ? t('groups.create') : t('groups.createWith', { count: members.length })}
        </Button>
      </form>
    </ScreenFrame>
  );
}
