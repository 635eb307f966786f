import { useRef, useState } from 'preact/hooks';
import { RefusedError } from '../../../../sdk/session.ts';
import type { Chat } from '../../../chat/chat.ts';
import { t } from '../../../i18n/t.ts';
import { Button, IconButton, TextField, toast } from '../../../ui/index.ts';
import { back } from '../../router.ts';
import { Section } from '../../screen/index.ts';
import screen from '../../screen/screen.module.css';
import { wordsFor } from '../../words-for.ts';
import { SettingsPage } from '../settings-page.tsx';

type FieldName = 'current' | 'next' | 'again';

/** Another password; every other device must sign in with it. */
export function Password({ chat }: { chat: Chat }) {
  const [typed, setTyped] = useState<Record<FieldName, string>>({ current: '', next: '', again: '' });
  const [shown, setShown] = useState(false);
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<{ field: FieldName; words: string } | null>(null);
  const form = useRef<HTMLFormElement>(null);

  function tell(field: FieldName, words: string): void {
    setWrong({ field, words });
    form.current?.querySelector<HTMLInputElement>(`[name=${field}]`)?.focus();
  }

  async function save(event: Event): Promise<void> {
    event.preventDefault();
    const { current, next, again } = typed;
    if (current === '') return tell('current', t('signIn.fillPassword'));
    if (next === '') return tell('next', t('settings.fillNew'));
    if (next !== again) return tell('again', t('settings.notTheSame'));
    setBusy(true);
    setWrong(null);
    try {
      await chat.changePassword(current, next);
      toast(t('settings.passwordChanged'));
      back({ at: 'screen', name: 'settings', path: [] });
    } catch (error) {
      const code = error instanceof RefusedError ? error.refusal.code : null;
      if (code === 'bad_credentials') tell('current', t('settings.wrongPassword'));
      else tell(code === 'weak_password' ? 'next' : 'current', wordsFor(error));
    } finally {
      setBusy(false);
    }
  }

  const field = (name: FieldName, label: string, autoComplete: string, hint?: string) => (
    <TextField
      name={name}
      type={shown ? 'text' : 'password'}
      label={label}
      value={typed[name]}
      autoComplete={autoComplete}
      verbatim
      maxLength={1024}
      {...(hint === undefined ? {} : { hint })}
      error={wrong?.field === name ? wrong.words : null}
      onInput={(value) => setTyped({ ...typed, [name]: value })}
      after={
        name === 'current' && (
          <IconButton
            icon={shown ? 'eyeOff' : 'eye'}
            label={t(shown ? 'signIn.hidePassword' : 'signIn.showPassword')}
            aria-pressed={shown}
            onClick={() => setShown(!shown)}
          />
        )
      }
    />
  );

  return (
    <SettingsPage title={t('settings.password')}>
      <form ref={form} class={screen.form} onSubmit={save} noValidate>
        <Section note={t('settings.passwordNote')}>
          <div class={screen.padded}>
            {/* For what keeps passwords: whose it is. */}
            <input type="hidden" name="username" autocomplete="username" value={chat.me.username} />
            {field('current', t('settings.currentPassword'), 'current-password')}
            {field('next', t('settings.newPassword'), 'new-password', t('signIn.passwordHint'))}
            {field('again', t('settings.newAgain'), 'new-password')}
          </div>
        </Section>
        <Button type="submit" kind="primary" wide busy={busy}>
          {t('settings.changePassword')}
        </Button>
      </form>
    </SettingsPage>
  );
}
