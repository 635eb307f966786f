import type { Chat } from '../../chat/chat.ts';
import { t } from '../../i18n/t.ts';
import { Avatar } from '../../ui/index.ts';
import { nameOf } from '../naming.ts';
import { ScreenFrame, Section } from '../screen/index.ts';
import screen from '../screen/screen.module.css';
import { LinkCard } from './link-card.tsx';

/** A link to oneself, for others. */
export function OwnLink({ chat }: { chat: Chat }) {
  const { user, username } = chat.me;
  const link = `${location.origin}/u/${encodeURIComponent(username)}`;
  return (
    <ScreenFrame title={t('people.myLink')} parent={{ at: 'screen', name: 'new', path: [] }}>
      <div class={screen.hero}>
        <Avatar
          id={user}
          name={nameOf(chat, user)}
          photo={chat.person(user).value?.photo ?? null}
          size={72}
        />
        <h2>
          <bdi>@{username}</bdi>
        </h2>
        <p>{t('invite.ownText')}</p>
      </div>
      <Section>
        <LinkCard link={link} about={t('invite.ownCode')} />
      </Section>
    </ScreenFrame>
  );
}
