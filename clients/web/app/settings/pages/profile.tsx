import { useEffect, useRef, useState } from 'preact/hooks';
import type { AnswerOf, AnyEvent, Fields } from '../../../../sdk/index.ts';
import type { Chat } from '../../../chat/chat.ts';
import { t } from '../../../i18n/t.ts';
import { Avatar, Button, TextField, toast } from '../../../ui/index.ts';
import { isPhotoUrl } from '../../people/photo-url.ts';
import { Answered, attempt, Section, useAnswer } from '../../screen/index.ts';
import { PhotoField } from '../../screen/photo-field.tsx';
import screen from '../../screen/screen.module.css';
import { SettingsPage } from '../settings-page.tsx';

const changed = ({ type }: AnyEvent) => type === 'profile.updated';
type Draft = Record<'name' | 'status' | 'phone' | 'photo', string>;

/** What others see of one. */
export function Profile({ chat }: { chat: Chat }) {
  const asked = useAnswer(chat, 'profile.get', { user: chat.me.user }, changed);
  return (
    <SettingsPage title={t('settings.profile')}>
      <Answered of={asked}>{(profile) => <ProfileForm chat={chat} profile={profile} />}</Answered>
    </SettingsPage>
  );
}

const draftOf = ({ name, status, phone, photo }: AnswerOf<'profile.get'>): Draft => ({
  name: name ?? '',
  status: status ?? '',
  phone: phone ?? '',
  photo: photo ?? '',
});

/** As people write it, without what they write between. */
const digits = (phone: string): string => phone.replaceAll(/[\s().\-/]/g, '').replace(/^00/, '+');

/** What is wrong with each, in words. A name that one never had one need not have. */
const wrongIn = ({ name, phone, photo }: Draft, before: Draft): Partial<Draft> => ({
  ...(name.trim() === '' && before.name !== '' ? { name: t('settings.fillName') } : {}),
  ...(phone.trim() !== '' && !/^\+[1-9][0-9]{4,14}$/.test(digits(phone))
    ? { phone: t('settings.badPhone') }
    : {}),
  ...(photo.trim() !== '' && !isPhotoUrl(photo.trim()) ? { photo: t('people.badPhoto') } : {}),
});

function ProfileForm({ chat, profile }: { chat: Chat; profile: AnswerOf<'profile.get'> }) {
  const before = draftOf(profile);
  const [draft, setDraft] = useState(before);
  const [told, setTold] = useState(false);
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const wrong = told ? wrongIn(draft, before) : {};
  // Changed on another device: what is shown is what there is, unless one is at it here.
  const last = useRef(before);
  useEffect(() => {
    setDraft((now) => (JSON.stringify(now) === JSON.stringify(last.current) ? before : now));
    last.current = before;
  }, [JSON.stringify(before)]);
  const put = (what: Partial<Draft>) => setDraft({ ...draft, ...what });

  async function save(event: Event): Promise<void> {
    event.preventDefault();
    setTold(true);
    const field = Object.keys(wrongIn(draft, before))[0];
    if (field !== undefined) {
      form.current?.querySelector<HTMLInputElement>(`[name=${field}]`)?.focus();
      return;
    }
    const next = {
      name: draft.name.trim() || null,
      status: draft.status.trim() || null,
      phone: digits(draft.phone) || null,
      photo: draft.photo.trim() || null,
    };
    const fields: Fields<'profile.update'> = Object.fromEntries(
      Object.entries(next).filter(([key, value]) => value !== profile[key as keyof typeof next]),
    );
    if (Object.keys(fields).length > 0) {
      setBusy(true);
      const done = await attempt(chat, chat.change('profile.update', fields));
      setBusy(false);
      if (!done) return;
    }
    toast(t('settings.saved'));
  }

  return (
    <form ref={form} class={screen.form} onSubmit={save} noValidate>
      <div class={screen.hero}>
        <Avatar id={chat.me.user} name={draft.name} photo={draft.photo.trim() || null} size={96} />
      </div>
      <Section note={t('settings.usernameNote', { name: `@${profile.username}` })}>
        <div class={screen.padded}>
          <TextField
            name="name"
            label={t('people.name')}
            value={draft.name}
            dir="auto"
            maxLength={100}
            autoComplete="name"
            error={wrong.name ?? null}
            onInput={(name) => put({ name })}
          />
          <TextField
            name="status"
            label={t('people.status')}
            hint={t('settings.statusHint')}
            value={draft.status}
            dir="auto"
            maxLength={500}
            autoComplete="off"
            onInput={(status) => put({ status })}
          />
          <TextField
            name="phone"
            type="tel"
            label={t('people.phone')}
            hint={t('settings.phoneHint')}
            value={draft.phone}
            dir="ltr"
            maxLength={30}
            autoComplete="tel"
            error={wrong.phone ?? null}
            onInput={(phone) => put({ phone })}
          />
          <PhotoField value={draft.photo} error={wrong.photo ?? null} onInput={(photo) => put({ photo })} />
        </div>
      </Section>
      <Button type="submit" kind="primary" wide busy={busy}>
        {t('people.save')}
      </Button>
    </form>
  );
}
