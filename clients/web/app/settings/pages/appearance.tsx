import type { Chat } from '../../../chat/chat.ts';
import { type Language, languages } from '../../../i18n/language.ts';
import { number, t } from '../../../i18n/t.ts';
import { choices, choose, textSizes } from '../../choices.ts';
import { Choices, Section } from '../../screen/index.ts';
import { SettingsPage } from '../settings-page.tsx';

/** How it looks and speaks on this device. */
export function Appearance(_: { chat: Chat }) {
  const { theme, language, textSize, enterSends } = choices.value;
  return (
    <SettingsPage title={t('settings.appearance')}>
      <Section title={t('settings.theme')}>
        <Choices
          label={t('settings.theme')}
          hideLabel
          options={[
            { value: null, label: t('menu.theme.system') },
            { value: 'light' as const, label: t('menu.theme.light') },
            { value: 'dark' as const, label: t('menu.theme.dark') },
          ]}
          value={theme}
          onChoose={(next) => choose({ theme: next })}
        />
      </Section>
      <Section title={t('menu.language')}>
        <Choices
          label={t('menu.language')}
          hideLabel
          options={[
            { value: null, label: t('settings.asBrowser') },
            ...(Object.entries(languages) as [Language, string][]).map(([value, label]) => ({
              value,
              label,
            })),
          ]}
          value={language}
          onChoose={(next) => choose({ language: next })}
        />
      </Section>
      <Section title={t('settings.textSize')}>
        <Choices
          label={t('settings.textSize')}
          hideLabel
          options={textSizes.map((value) => ({
            value,
            label: t(`settings.size.${value}`),
            detail: t('settings.percent', { size: number(value) }),
          }))}
          value={textSize}
          onChoose={(next) => choose({ textSize: next })}
        />
      </Section>
      <Section title={t('settings.enter')} note={t('settings.enterNote')}>
        <Choices
          label={t('settings.enter')}
          hideLabel
          options={[
            { value: null, label: t('settings.enterAuto') },
            { value: true, label: t('settings.enterSends') },
            { value: false, label: t('settings.enterBreaks') },
          ]}
          value={enterSends}
          onChoose={(next) => choose({ enterSends: next })}
        />
      </Section>
    </SettingsPage>
  );
}
