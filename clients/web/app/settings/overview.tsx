import { useState } from 'preact/hooks';
import type { Chat } from '../../chat/chat.ts';
import { t } from '../../i18n/t.ts';
import { Avatar, type IconName } from '../../ui/index.ts';
import { nameOf } from '../naming.ts';
import { ActionRow, LinkRow, ScreenFrame, Section } from '../screen/index.ts';
import screen from '../screen/screen.module.css';
import { SignOut } from '../shell/sign-out.tsx';

const page = (name: string) => ({ at: 'screen', name: 'settings', path: [name] }) as const;

const Row = ({ to, icon, label, detail }: { to: string; icon: IconName; label: string; detail: string }) => (
  <LinkRow to={page(to)} icon={icon} label={label} detail={detail} />
);

/** All settings, by what they are about. */
export function Overview({ chat }: { chat: Chat }) {
  const [leaving, setLeaving] = useState(false);
  const { user, username } = chat.me;
  const name = nameOf(chat, user);
  const person = chat.person(user).value;
  return (
    <ScreenFrame title={t('menu.settings')}>
      <div class={screen.hero}>
        <Avatar id={user} name={person === null ? username : name} photo={person?.photo ?? null} size={96} />
        <h2>
          <bdi>{person === null ? username : name}</bdi>
        </h2>
        <p>
          <bdi>@{username}</bdi>
        </p>
      </div>
      <Section>
        <Row to="profile" icon="person" label={t('settings.profile')} detail={t('settings.profileHint')} />
        <LinkRow
          to={{ at: 'screen', name: 'new', path: ['link'] }}
          icon="qr"
          label={t('people.myLink')}
          detail={t('settings.linkHint')}
        />
      </Section>
      <Section>
        <Row to="devices" icon="device" label={t('settings.devices')} detail={t('settings.devicesHint')} />
        <Row to="privacy" icon="eye" label={t('settings.privacy')} detail={t('settings.privacyHint')} />
        <Row to="blocked" icon="block" label={t('settings.blocked')} detail={t('settings.blockedHint')} />
        <Row to="password" icon="lock" label={t('settings.password')} detail={t('settings.passwordHint')} />
        <Row to="mail" icon="at" label={t('mail.title')} detail={t('mail.titleHint')} />
      </Section>
      <Section>
        <Row
          to="notifications"
          icon="bell"
          label={t('settings.notifications')}
          detail={t('settings.notificationsHint')}
        />
        <Row
          to="appearance"
          icon="sun"
          label={t('settings.appearance')}
          detail={t('settings.appearanceHint')}
        />
        <Row to="storage" icon="archive" label={t('settings.storage')} detail={t('settings.storageHint')} />
        <Row to="about" icon="info" label={t('settings.about')} detail={t('settings.aboutHint')} />
      </Section>
      <Section>
        <ActionRow icon="exit" danger label={t('menu.signOut')} onClick={() => setLeaving(true)} />
      </Section>
      {leaving && <SignOut chat={chat} onClose={() => setLeaving(false)} />}
    </ScreenFrame>
  );
}
