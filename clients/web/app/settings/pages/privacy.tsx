import type { Audience } from '../../../../../protocol/commands.ts';
import type { AnswerOf, AnyEvent } from '../../../../sdk/index.ts';
import type { Chat } from '../../../chat/chat.ts';
import { t } from '../../../i18n/t.ts';
import { Answered, Choices, LinkRow, Section, useAnswer } from '../../screen/index.ts';
import { SettingsPage } from '../settings-page.tsx';
import { useSetting } from '../use-setting.ts';

const changed = ({ type }: AnyEvent) => type === 'privacy.updated';
const audiences: readonly Audience[] = ['everyone', 'contacts', 'nobody'];

/** Who may see whether one is there, and when one was. */
export function Privacy({ chat }: { chat: Chat }) {
  const asked = useAnswer(chat, 'privacy.get', {}, changed);
  return (
    <SettingsPage title={t('settings.privacy')}>
      <Answered of={asked}>{(known) => <PrivacyChoices chat={chat} known={known} />}</Answered>
      <Section>
        <LinkRow
          icon="block"
          label={t('settings.blocked')}
          to={{ at: 'screen', name: 'settings', path: ['blocked'] }}
        />
      </Section>
    </SettingsPage>
  );
}

function PrivacyChoices({ chat, known }: { chat: Chat; known: AnswerOf<'privacy.get'> }) {
  const { now, set } = useSetting(chat, known, (what) => chat.change('privacy.update', what));
  const options = audiences.map((value) => ({ value, label: t(`settings.audience.${value}`) }));
  return (
    <>
      <Section title={t('settings.presence')} note={t('settings.presenceNote')}>
        <Choices
          label={t('settings.presence')}
          hideLabel
          options={options}
          value={now.presence}
          onChoose={(presence) => set({ presence })}
        />
      </Section>
      <Section title={t('settings.lastSeenAudience')} note={t('settings.audienceNote')}>
        <Choices
          label={t('settings.lastSeenAudience')}
          hideLabel
          options={options}
          value={now.last_seen}
          onChoose={(last_seen) => set({ last_seen })}
        />
      </Section>
    </>
  );
}
