import type { Account } from '../../../../sdk/index.ts';
import { type Language, languages } from '../../../i18n/language.ts';
import { t } from '../../../i18n/t.ts';
import { Switch } from '../../../ui/index.ts';
import { Choices, LinkRow, Section } from '../../screen/index.ts';
import screen from '../../screen/screen.module.css';
import type { OwnAccount } from './use-account.ts';

/** What one is written of, and in which language. */
export function ChoicesSections({ account, choose }: { account: Account; choose: OwnAccount['choose'] }) {
  return (
    <>
      <Section title={t('mail.about')}>
        <div class={screen.padded}>
          <Switch
            label={t('mail.notices')}
            hint={t('mail.noticesHint')}
            checked={account.notices}
            onChange={(notices) => choose({ notices })}
          />
          <Switch
            label={t('mail.digests')}
            hint={t('mail.digestsHint')}
            checked={account.digests}
            onChange={(digests) => choose({ digests })}
          />
        </div>
        <LinkRow
          to={{ at: 'screen', name: 'settings', path: ['notifications'] }}
          icon="clock"
          label={t('mail.digestsAfter')}
          detail={t('mail.digestsAfterHint')}
        />
      </Section>
      <Section title={t('mail.language')}>
        <Choices
          label={t('mail.language')}
          hideLabel
          options={[
            { value: null, label: t('mail.languageServer') },
            ...(Object.entries(languages) as [Language, string][]).map(([value, label]) => ({
              value,
              label,
            })),
          ]}
          value={account.language as Language | null}
          onChoose={(language) => choose({ language })}
        />
      </Section>
    </>
  );
}
