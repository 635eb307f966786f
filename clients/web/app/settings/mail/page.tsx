import type { Chat } from '../../../chat/chat.ts';
import { t } from '../../../i18n/t.ts';
import { Button, EmptyState, Spinner } from '../../../ui/index.ts';
import screen from '../../screen/screen.module.css';
import { wordsFor } from '../../words-for.ts';
import { SettingsPage } from '../settings-page.tsx';
import { AddressSection } from './address-section.tsx';
import { ChoicesSections } from './choices-sections.tsx';
import { useAccount } from './use-account.ts';

/** One's mail address, and what is written there. */
export function Mail({ chat }: { chat: Chat }) {
  const own = useAccount(chat);
  return <SettingsPage title={t('mail.title')}>{shown()}</SettingsPage>;

  function shown() {
    const { account, error, again } = own;
    if (account === null && error === null)
      return (
        <div class={screen.waiting}>
          <Spinner label={t('shell.opening')} />
        </div>
      );
    if (account === null)
      return (
        <EmptyState icon="warning" title={wordsFor(error)}>
          <Button onClick={again}>{t('shell.retry')}</Button>
        </EmptyState>
      );
    if (!account.mail) return <EmptyState icon="at" title={t('mail.none')} text={t('mail.noneText')} />;
    return (
      <>
        <AddressSection chat={chat} account={account} took={own.took} />
        {(account.email ?? account.pending) !== null && (
          <ChoicesSections account={account} choose={own.choose} />
        )}
      </>
    );
  }
}
