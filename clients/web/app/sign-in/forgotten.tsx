import { useRef, useState } from 'preact/hooks';
import type { Refusal } from '../../../../protocol/errors.ts';
import { RefusedError } from '../../../sdk/session.ts';
import { t } from '../../i18n/t.ts';
import { Button, Dialog, TextField } from '../../ui/index.ts';
import { wordsFor } from '../words-for.ts';

/** Asks for a link to a new password. What is answered says nothing of whether there is such an account. */
export function Forgotten({ username, onClose }: { username: string; onClose(): void }) {
  const [typed, setTyped] = useState(username);
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string | null>(null);
  const [sent, setSent] = useState(false);
  const form = useRef<HTMLFormElement>(null);

  async function send(event: Event): Promise<void> {
    event.preventDefault();
    const name = typed.trim();
    if (name === '') return setWrong(t('mail.fillName'));
    setBusy(true);
    setWrong(null);
    try {
      await requestReset(name);
      setSent(true);
    } catch (error) {
      setWrong(wordsFor(error));
    } finally {
      setBusy(false);
    }
  }

  return (
    <Dialog
      title={t('mail.forgottenTitle')}
      onClose={onClose}
      actions={
        sent ? (
          <Button kind="primary" onClick={onClose}>
            {t('shell.close')}
          </Button>
        ) : (
          <>
            <Button kind="plain" onClick={onClose}>
              {t('shell.cancel')}
            </Button>
            <Button kind="primary" busy={busy} onClick={() => form.current?.requestSubmit()}>
              {t('mail.send')}
            </Button>
          </>
        )
      }
    >
      {sent ? (
        <p role="status">{t('mail.onItsWay')}</p>
      ) : (
        <form ref={form} onSubmit={send} noValidate>
          <p>{t('mail.forgottenText')}</p>
          <TextField
            name="account"
            label={t('mail.nameOrAddress')}
            error={wrong}
            value={typed}
            onInput={setTyped}
            autoComplete="username"
            verbatim
            maxLength={320}
            required
            autoFocus
          />
        </form>
      )}
    </Dialog>
  );
}

/** Nobody is signed in: it needs none of what the host keeps. @throws {RefusedError} mail_not_configured, bad_request, rate_limited */
async function requestReset(name: string): Promise<void> {
  const answer = await fetch('/password/reset', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(name.includes('@') ? { email: name } : { username: name.toLowerCase() }),
  });
  if (!answer.ok) throw new RefusedError((await answer.json()) as Refusal);
}
