import { useRef, useState } from 'preact/hooks';
import type { AccountEmail } from '../../../../sdk/index.ts';
import { RefusedError } from '../../../../sdk/session.ts';
import type { Chat } from '../../../chat/chat.ts';
import { t } from '../../../i18n/t.ts';
import { Button, Dialog, TextField, toast } from '../../../ui/index.ts';
import { wordsFor } from '../../words-for.ts';

type FieldName = 'email' | 'password';

/** Asks for the password too: whoever has the address can set another one. `address` to begin with, where its link is sent once more. */
export function AddressDialog(props: {
  chat: Chat;
  title: string;
  address: string;
  onTaken(email: AccountEmail): void;
  onClose(): void;
}) {
  const { chat, title, address, onTaken, onClose } = props;
  const [email, setEmail] = useState(address);
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<{ field: FieldName; words: string } | null>(null);
  const form = useRef<HTMLFormElement>(null);
  const wrongIn = (field: FieldName) => (wrong?.field === field ? wrong.words : null);

  function tell(field: FieldName, words: string): void {
    setWrong({ field, words });
    form.current?.querySelector<HTMLInputElement>(`[name=${field}]`)?.focus();
  }

  async function send(event: Event): Promise<void> {
    event.preventDefault();
    if (busy) return;
    const wanted = email.trim();
    if (wanted === '') return tell('email', t('mail.fillAddress'));
    if (password === '') return tell('password', t('signIn.fillPassword'));
    setBusy(true);
    setWrong(null);
    try {
      onTaken(await chat.setEmail(wanted, password));
      toast(t('mail.linkSent', { address: wanted }));
      onClose();
    } catch (error) {
      const code = error instanceof RefusedError ? error.refusal.code : null;
      if (code === 'bad_credentials') tell('password', t('settings.wrongPassword'));
      else tell('email', code === 'bad_request' ? t('mail.badAddress') : wordsFor(error));
      setBusy(false);
    }
  }

  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <>
          <Button kind="plain" onClick={onClose}>
            {t('shell.cancel')}
          </Button>
          <Button kind="primary" busy={busy} onClick={() => form.current?.requestSubmit()}>
            {t('mail.send')}
          </Button>
        </>
      }
    >
      <form ref={form} onSubmit={send} noValidate>
        <p>{t('mail.dialogText')}</p>
        <TextField
          name="email"
          type="email"
          label={t('mail.address')}
          error={wrongIn('email')}
          value={email}
          onInput={setEmail}
          autoComplete="email"
          verbatim
          maxLength={320}
          required
          autoFocus={address === ''}
        />
        {/* For what keeps passwords: whose it is. */}
        <input type="hidden" name="username" autocomplete="username" value={chat.me.username} />
        <TextField
          name="password"
          type="password"
          label={t('mail.password')}
          error={wrongIn('password')}
          value={password}
          onInput={setPassword}
          autoComplete="current-password"
          verbatim
          maxLength={1024}
          required
          autoFocus={address !== ''}
        />
        {/* Enter sends it, with fields and no button inside of the form. */}
        <button type="submit" hidden />
      </form>
    </Dialog>
  );
}
