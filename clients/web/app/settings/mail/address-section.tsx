import { useState } from 'preact/hooks';
import type { Account } from '../../../../sdk/index.ts';
import type { Chat } from '../../../chat/chat.ts';
import { t } from '../../../i18n/t.ts';
import { Icon, toast } from '../../../ui/index.ts';
import { ActionRow, Section, Sure } from '../../screen/index.ts';
import screen from '../../screen/screen.module.css';
import { wordsFor } from '../../words-for.ts';
import { AddressDialog } from './address-dialog.tsx';
import type { OwnAccount } from './use-account.ts';

/** The address, whether it is verified, and what can be done about it. */
export function AddressSection(props: { chat: Chat; account: Account; took: OwnAccount['took'] }) {
  const { chat, account, took } = props;
  const { email, pending, bouncing } = account;
  /** The address to begin with. */
  const [giving, setGiving] = useState<string | null>(null);
  const [removing, setRemoving] = useState(false);
  const none = email === null && pending === null;
  const again = pending ?? (bouncing ? email : null);

  async function remove(): Promise<boolean> {
    try {
      await chat.removeEmail();
    } catch (error) {
      toast(wordsFor(error), { kind: 'error' });
      return false;
    }
    took({ email: null, pending: null, bouncing: false });
    toast(t('mail.removed'));
    return true;
  }

  return (
    <Section title={t('mail.address')} note={t('mail.addressNote')}>
      {none && <p class={screen.padded}>{t('mail.noAddress')}</p>}
      {email !== null && (
        <Address address={email} state={t(bouncing ? 'mail.bouncing' : 'mail.verified')} good={!bouncing} />
      )}
      {pending !== null && (
        <Address
          address={pending}
          state={email === null ? t('mail.pending') : `${t('mail.pending')} ${t('mail.pendingStays')}`}
          good={false}
        />
      )}
      {again !== null && (
        <ActionRow icon="refresh" label={t('mail.again')} onClick={() => setGiving(again)} />
      )}
      <ActionRow
        icon={none ? 'plus' : 'edit'}
        label={t(none ? 'mail.add' : 'mail.change')}
        onClick={() => setGiving('')}
      />
      {!none && <ActionRow icon="trash" danger label={t('mail.remove')} onClick={() => setRemoving(true)} />}
      {giving !== null && (
        <AddressDialog
          chat={chat}
          title={t(giving !== '' ? 'mail.again' : none ? 'mail.add' : 'mail.change')}
          address={giving}
          onTaken={took}
          onClose={() => setGiving(null)}
        />
      )}
      {removing && (
        <Sure
          title={t('mail.removeTitle')}
          text={t('mail.removeText')}
          action={t('mail.remove')}
          onClose={() => setRemoving(false)}
          onSure={remove}
        />
      )}
    </Section>
  );
}

const Address = ({ address, state, good }: { address: string; state: string; good: boolean }) => (
  <div class={screen.row} role="status">
    <span class={screen.rowIcon}>
      <Icon name={good ? 'check' : 'warning'} size={20} />
    </span>
    <span class={screen.rowWords}>
      <span>
        <bdi dir="ltr">{address}</bdi>
      </span>
      <span class={screen.detail}>{state}</span>
    </span>
  </div>
);
