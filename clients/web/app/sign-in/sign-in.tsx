import { useRef, useState } from 'preact/hooks';
import type { ErrorCode } from '../../../../protocol/errors.ts';
import { RefusedError } from '../../../sdk/session.ts';
import type { Door } from '../../chat/door.ts';
import { type Language, languages } from '../../i18n/language.ts';
import { t } from '../../i18n/t.ts';
import { Button, Icon, IconButton, Logo, TextField } from '../../ui/index.ts';
import { choose } from '../choices.ts';
import { place } from '../router.ts';
import { wordsFor } from '../words-for.ts';
import { deviceName } from './device-name.ts';
import { Forgotten } from './forgotten.tsx';
import styles from './sign-in.module.css';
import { useServer } from './use-server.ts';

type FieldName = 'username' | 'password' | 'invitation';
interface Wrong {
  field: FieldName | null;
  words: string;
}

/** The field that a refusal is about. */
const fieldOf: Partial<Record<ErrorCode, FieldName>> = {
  username_taken: 'username',
  weak_password: 'password',
  invitation_required: 'invitation',
  invitation_invalid: 'invitation',
};

function wrongWith(error: unknown): Wrong {
  const refusal = error instanceof RefusedError ? error.refusal : null;
  const field = refusal === null ? null : (fieldOf[refusal.code] ?? null);
  return {
    field: refusal?.code === 'bad_request' && refusal.detail?.startsWith('username') ? 'username' : field,
    words: wordsFor(error),
  };
}

/** Logging in, or making an account; with an invitation in the path that comes first. */
export function SignIn({ door }: { door: Door }) {
  const server = useServer();
  const invited = place.value.at === 'invite' ? place.value.code : '';
  const [joining, setJoining] = useState(invited !== '');
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [invitation, setInvitation] = useState(invited);
  const [shown, setShown] = useState(false);
  const [asked, setAsked] = useState(invited !== '');
  const [forgotten, setForgotten] = useState(false);
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<Wrong | null>(null);
  const form = useRef<HTMLFormElement>(null);

  const wrongIn = (field: FieldName) => (wrong?.field === field ? wrong.words : null);
  function tell(what: Wrong): void {
    setWrong(what);
    setAsked((before) => before || what.field === 'invitation');
    // After it is there: an invitation is asked for only then.
    setTimeout(() =>
      form.current?.querySelector<HTMLInputElement>(`[name=${what.field ?? 'password'}]`)?.focus(),
    );
  }

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    const name = username.trim().toLowerCase();
    if (name === '') return tell({ field: 'username', words: t('signIn.fillUsername') });
    if (password === '') return tell({ field: 'password', words: t('signIn.fillPassword') });
    setBusy(true);
    setWrong(null);
    const device = deviceName(navigator.userAgent);
    const code = invitation.trim();
    try {
      if (joining)
        await door.register(name, password, code === '' ? { device } : { device, invitation: code });
      else await door.login(name, password, { device });
    } catch (error) {
      tell(wrongWith(error));
    } finally {
      setBusy(false);
    }
  }

  return (
    <div class={styles.page}>
      <main class={styles.card}>
        <header class={styles.head}>
          <Logo size={72} />
          <h1>{joining ? t(invited === '' ? 'signIn.join' : 'signIn.invited') : t('shell.name')}</h1>
          <p>{t(joining && invited !== '' ? 'signIn.invitedText' : 'signIn.welcome')}</p>
        </header>
        <form ref={form} class={styles.form} onSubmit={submit} noValidate>
          {wrong !== null && wrong.field === null && (
            <p class={styles.wrong} role="alert">
              <Icon name="warning" size={18} />
              {wrong.words}
            </p>
          )}
          <TextField
            name="username"
            label={t('signIn.username')}
            {...(joining ? { hint: t('signIn.usernameHint') } : {})}
            error={wrongIn('username')}
            value={username}
            onInput={setUsername}
            autoComplete="username"
            verbatim
            maxLength={32}
            required
            autoFocus
          />
          <TextField
            name="password"
            type={shown ? 'text' : 'password'}
            label={t('signIn.password')}
            {...(joining ? { hint: t('signIn.passwordHint') } : {})}
            error={wrongIn('password')}
            value={password}
            onInput={setPassword}
            autoComplete={joining ? 'new-password' : 'current-password'}
            verbatim
            maxLength={1024}
            required
            after={
              <IconButton
                icon={shown ? 'eyeOff' : 'eye'}
                label={t(shown ? 'signIn.hidePassword' : 'signIn.showPassword')}
                aria-pressed={shown}
                onClick={() => setShown(!shown)}
              />
            }
          />
          {joining && (asked || invitation !== '' || server?.registration === 'invitation') && (
            <TextField
              name="invitation"
              label={t('signIn.invitation')}
              hint={t('signIn.invitationHint')}
              error={wrongIn('invitation')}
              value={invitation}
              onInput={setInvitation}
              autoComplete="off"
              verbatim
              maxLength={256}
            />
          )}
          <Button type="submit" kind="primary" wide busy={busy}>
            {t(joining ? 'signIn.submitJoin' : 'signIn.submit')}
          </Button>
        </form>
        {!joining && server?.mail && (
          <p class={styles.other}>
            <Button kind="plain" onClick={() => setForgotten(true)}>
              {t('mail.forgotten')}
            </Button>
          </p>
        )}
        {(joining || server?.registration !== 'closed') && (
          <p class={styles.other}>
            {t(joining ? 'signIn.toLogin' : 'signIn.toJoin')}
            <Button
              kind="plain"
              onClick={() => {
                setJoining(!joining);
                setWrong(null);
              }}
            >
              {t(joining ? 'signIn.title' : 'signIn.join')}
            </Button>
          </p>
        )}
      </main>
      {forgotten && <Forgotten username={username.trim()} onClose={() => setForgotten(false)} />}
      <nav class={styles.languages} aria-label={t('menu.language')}>
        {Object.entries(languages).map(([language, name]) => (
          <button
            key={language}
            type="button"
            lang={language}
            onClick={() => choose({ language: language as Language })}
          >
            {name}
          </button>
        ))}
      </nav>
    </div>
  );
}
