import type { Shown } from '../../../../../protocol/commands.ts';
import type { AnswerOf, AnyEvent } from '../../../../sdk/index.ts';
import type { Chat } from '../../../chat/chat.ts';
import { t } from '../../../i18n/t.ts';
import { Switch } from '../../../ui/index.ts';
import { ClosedSection } from '../../notifications/closed-section.tsx';
import { Answered, Choices, Section, useAnswer } from '../../screen/index.ts';
import screen from '../../screen/screen.module.css';
import { HereSection } from '../in-page/here-section.tsx';
import { QuietHours } from '../quiet-hours.tsx';
import { SettingsPage } from '../settings-page.tsx';
import { useSetting } from '../use-setting.ts';

const changed = ({ type }: AnyEvent) => type === 'notifications.updated';
const shown: readonly Shown[] = ['content', 'sender', 'nothing'];
const digests = [null, 4, 12, 24, 72] as const;

/** What one is told of, where and when. */
export function Notifications({ chat }: { chat: Chat }) {
  const asked = useAnswer(chat, 'notifications.get', {}, changed);
  return (
    <SettingsPage title={t('settings.notifications')}>
      <HereSection />
      <ClosedSection chat={chat} />
      <Answered of={asked}>{(known) => <Everywhere chat={chat} known={known} />}</Answered>
    </SettingsPage>
  );
}

function Everywhere({ chat, known }: { chat: Chat; known: AnswerOf<'notifications.get'> }) {
  const { now, set } = useSetting(chat, known, (what) => chat.change('notifications.update', what));
  const hours: (number | null)[] = [...digests];
  if (!hours.includes(now.digest_hours)) hours.push(now.digest_hours);
  return (
    <>
      <Section title={t('settings.show')} note={t('settings.showNote')}>
        <Choices
          label={t('settings.show')}
          hideLabel
          options={shown.map((value) => ({ value, label: t(`settings.show.${value}`) }))}
          value={now.show}
          onChoose={(show) => set({ show })}
        />
      </Section>
      <Section>
        <div class={screen.padded}>
          <Switch
            label={t('settings.mentions')}
            hint={t('settings.mentionsHint')}
            checked={now.mentions_override}
            onChange={(mentions_override) => set({ mentions_override })}
          />
        </div>
        <QuietHours quiet={now.quiet} onChange={(quiet) => set({ quiet })} />
      </Section>
      <Section title={t('settings.digest')} note={t('settings.digestNote')}>
        <Choices
          label={t('settings.digest')}
          hideLabel
          options={hours.map((value) => ({
            value,
            label: value === null ? t('settings.digestNever') : t('settings.digestAfter', { count: value }),
          }))}
          value={now.digest_hours}
          onChoose={(digest_hours) => set({ digest_hours })}
        />
      </Section>
    </>
  );
}
