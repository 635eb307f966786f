import type { ComponentType } from 'preact';
import type { Chat } from '../../chat/chat.ts';
import type { ScreenProps } from '../screen-props.ts';
import { Mail } from './mail/page.tsx';
import { Overview } from './overview.tsx';
import { About } from './pages/about.tsx';
import { Appearance } from './pages/appearance.tsx';
import { Blocked } from './pages/blocked.tsx';
import { Devices } from './pages/devices.tsx';
import { Notifications } from './pages/notifications.tsx';
import { Password } from './pages/password.tsx';
import { Privacy } from './pages/privacy.tsx';
import { Profile } from './pages/profile.tsx';
import { Storage } from './pages/storage.tsx';

const pages: Readonly<Record<string, ComponentType<{ chat: Chat }>>> = {
  profile: Profile,
  devices: Devices,
  privacy: Privacy,
  blocked: Blocked,
  notifications: Notifications,
  appearance: Appearance,
  password: Password,
  mail: Mail,
  storage: Storage,
  about: About,
};

/** `/app/settings`, and a page of it: `/app/settings/{page}`. */
export default function Settings({ chat, path: [page = ''] }: ScreenProps) {
  const Page = Object.hasOwn(pages, page) ? pages[page]! : Overview;
  return <Page key={page} chat={chat} />;
}
