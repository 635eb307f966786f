import { useRef, useState } from 'preact/hooks';
import type { Chat } from '../../chat/chat.ts';
import { type Language, languages, spoken } from '../../i18n/language.ts';
import { t } from '../../i18n/t.ts';
import { IconButton, Menu, type MenuItem } from '../../ui/index.ts';
import { choices, choose } from '../choices.ts';
import { go } from '../router.ts';
import { screens } from '../screens.ts';
import { SignOut } from './sign-out.tsx';

/** What is about the whole app: other screens, how it looks and speaks, and the way out. */
export function MainMenu({ chat }: { chat: Chat }) {
  const button = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const { theme } = choices.value;

  const screen = (name: string, item: Omit<MenuItem, 'onChoose'>): MenuItem[] =>
    Object.hasOwn(screens, name) ? [{ ...item, onChoose: () => go({ at: 'screen', name, path: [] }) }] : [];
  const themes: MenuItem[] = [
    {
      label: t('menu.theme.system'),
      icon: 'device',
      checked: theme === null,
      onChoose: () => choose({ theme: null }),
    },
    {
      label: t('menu.theme.light'),
      icon: 'sun',
      checked: theme === 'light',
      onChoose: () => choose({ theme: 'light' }),
    },
    {
      label: t('menu.theme.dark'),
      icon: 'moon',
      checked: theme === 'dark',
      onChoose: () => choose({ theme: 'dark' }),
    },
  ];
  const spokenItems = (Object.entries(languages) as [Language, string][]).map(
    ([language, label]): MenuItem => ({
      label,
      icon: 'globe',
      checked: spoken.value.language === language,
      onChoose: () => choose({ language }),
    }),
  );
  const groups = [
    [
      ...screen('new', { label: t('menu.newChat'), icon: 'compose' }),
      ...screen('settings', { label: t('menu.settings'), icon: 'settings' }),
    ],
    themes,
    spokenItems,
    [{ label: t('menu.signOut'), icon: 'exit' as const, onChoose: () => setLeaving(true) }],
  ].filter((group) => group.length > 0);

  return (
    <div ref={button}>
      <IconButton
        icon="more"
        label={t('menu.open')}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      />
      {open && <Menu label={t('menu.open')} groups={groups} at={button} onClose={() => setOpen(false)} />}
      {leaving && <SignOut chat={chat} onClose={() => setLeaving(false)} />}
    </div>
  );
}
