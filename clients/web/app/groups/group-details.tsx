import { useState } from 'preact/hooks';
import type { Conversation } from '../../../sdk/index.ts';
import type { Chat } from '../../chat/chat.ts';
import { t } from '../../i18n/t.ts';
import { Avatar, Button } from '../../ui/index.ts';
import { duration } from '../conversation/durations.ts';
import { Preferences } from '../details/preferences.tsx';
import { QuickActions } from '../details/quick-actions.tsx';
import { TimerRow } from '../details/timer-row.tsx';
import { titleOf } from '../naming.ts';
import { go } from '../router.ts';
import { ActionRow, attempt, ScreenFrame, Section, Sure } from '../screen/index.ts';
import screen from '../screen/screen.module.css';
import { EditGroup } from './edit-dialog.tsx';
import { HistoryChoice } from './history-choice.tsx';
import { mayManage } from './may.ts';
import { MemberList } from './member-list.tsx';

/** A group: what it is called, who is in it, and how one has it. */
export function GroupDetails({ chat, conversation }: { chat: Chat; conversation: Conversation }) {
  const { id, photo, member, role, timer } = conversation;
  const [over, setOver] = useState<'edit' | 'leave' | null>(null);
  const name = titleOf(chat, conversation);
  const manages = member && mayManage(role);
  const close = () => setOver(null);
  return (
    <ScreenFrame
      title={t('groups.details')}
      parent={{ at: 'chat', where: { conversation: id } }}
      actions={
        manages && (
          <Button kind="plain" icon="edit" onClick={() => setOver('edit')}>
            {t('groups.editShort')}
          </Button>
        )
      }
    >
      <div class={screen.hero}>
        <Avatar id={id} name={name} photo={photo} size={96} />
        <h2>
          <bdi>{name}</bdi>
        </h2>
        {!member && <p>{t('pane.notMember')}</p>}
        {member && timer !== null && <p>{t('pane.timerOn', { time: duration(timer) })}</p>}
      </div>
      <QuickActions where={{ conversation: id }} />
      {member && <Preferences chat={chat} conversation={conversation} />}
      {member && (
        <Section title={t('groups.settings')} {...(manages ? {} : { note: t('groups.adminsOnly') })}>
          <TimerRow chat={chat} conversation={conversation} disabled={!manages} />
        </Section>
      )}
      {manages && (
        <Section title={t('groups.history')}>
          <HistoryChoice
            value={conversation.history ?? undefined}
            onChoose={(history) =>
              void attempt(chat, chat.change('group.update', { conversation: id, history }))
            }
          />
        </Section>
      )}
      {member && <MemberList chat={chat} conversation={conversation} />}
      {member && (
        <Section>
          <ActionRow icon="exit" danger label={t('groups.leave')} onClick={() => setOver('leave')} />
        </Section>
      )}
      {over === 'edit' && <EditGroup chat={chat} conversation={conversation} onClose={close} />}
      {over === 'leave' && (
        <Sure
          title={t('groups.leaveTitle', { name })}
          text={t('groups.leaveText')}
          action={t('groups.leave')}
          onClose={close}
          onSure={async () => {
            const left = await attempt(chat, chat.change('group.leave', { conversation: id }));
            if (left) go({ at: 'list' }, { replace: true });
            return left;
          }}
        />
      )}
    </ScreenFrame>
  );
}
