import { useRef, useState } from 'preact/hooks';
import type { Conversation, Fields } from '../../../sdk/index.ts';
import type { Chat } from '../../chat/chat.ts';
import { t } from '../../i18n/t.ts';
import { Menu, Switch } from '../../ui/index.ts';
import { duration } from '../conversation/durations.ts';
import { isMuted } from '../list/order.ts';
import { ActionRow, attempt, Section } from '../screen/index.ts';
import screen from '../screen/screen.module.css';
import { mutedUntil, muteText, muteTimes } from './mute.ts';

/** How one has a conversation on one's own devices. Nobody else learns of it. */
export function Preferences({ chat, conversation }: { chat: Chat; conversation: Conversation }) {
  const { id, pinned, archived } = conversation;
  const [open, setOpen] = useState(false);
  const row = useRef<HTMLDivElement>(null);
  const muted = isMuted(conversation);
  const prefer = (what: Omit<Fields<'preferences.update'>, 'conversation'>) =>
    void attempt(chat, chat.change('preferences.update', { conversation: id, ...what }));
  const times = muteTimes.map((time) => ({
    label: time === null ? t('details.always') : duration(time / 1_000),
    icon: 'clock' as const,
    onChoose: () => prefer({ muted_until: mutedUntil(time) }),
  }));
  const unmute = {
    label: t('details.unmute'),
    icon: 'bell' as const,
    onChoose: () => prefer({ muted_until: null }),
  };
  return (
    <Section>
      <div ref={row}>
        <ActionRow
          icon={muted ? 'muted' : 'bell'}
          label={t('details.mute')}
          value={muteText(conversation.mutedUntil)}
          hasMenu
          expanded={open}
          onClick={() => setOpen(!open)}
        />
      </div>
      <div class={screen.padded}>
        <Switch
          label={t('details.pin')}
          hint={t('details.pinHint')}
          checked={pinned}
          onChange={(next) => prefer({ pinned: next })}
        />
        <Switch
          label={t('details.archive')}
          hint={t('details.archiveHint')}
          checked={archived}
          onChange={(next) => prefer({ archived: next })}
        />
      </div>
      {open && (
        <Menu
          label={t('details.mute')}
          groups={muted ? [[unmute], times] : [times]}
          at={row}
          onClose={() => setOpen(false)}
        />
      )}
    </Section>
  );
}
