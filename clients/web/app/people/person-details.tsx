import { useState } from 'preact/hooks';
import type { AnyEvent, Conversation } from '../../../sdk/index.ts';
import type { Chat } from '../../chat/chat.ts';
import { t } from '../../i18n/t.ts';
import { ownPhoto } from '../../ui/avatar.ts';
import { Avatar, EmptyState } from '../../ui/index.ts';
import { Preferences } from '../details/preferences.tsx';
import { QuickActions } from '../details/quick-actions.tsx';
import { TimerRow } from '../details/timer-row.tsx';
import { nameOf } from '../naming.ts';
import { Answered, presenceText, ScreenFrame, Section, useAnswer } from '../screen/index.ts';
import screen from '../screen/screen.module.css';
import { ContactSection } from './contact-section.tsx';
import { SafetySection } from './safety-section.tsx';

/** What one may see changes with contacts and blocks. */
const seenOtherwise = ({ type }: AnyEvent) => /^(contact|block)\./.test(type);

/** Somebody, and the conversation with them, where there is one. */
export function PersonDetails(props: { chat: Chat; user: string; conversation: Conversation | null }) {
  const { chat, user, conversation } = props;
  const asked = useAnswer(chat, 'profile.get', { user }, seenOtherwise);
  const [large, setLarge] = useState(false);
  const isMe = user === chat.me.user;
  const person = chat.person(user).value;
  const name = isMe ? t('people.self') : nameOf(chat, user);
  const where = conversation === null ? { user } : { conversation: conversation.id };
  const profile = asked.answer;
  const photo = ownPhoto(profile?.photo ?? person?.photo ?? null, location.origin);
  return (
    <ScreenFrame title={t('people.details')} parent={{ at: 'chat', where }}>
      <div class={screen.hero}>
        {photo === null ? (
          <Avatar id={user} name={name} size={96} />
        ) : (
          <button type="button" class={screen.face} aria-pressed={large} onClick={() => setLarge(!large)}>
            <Avatar id={user} name={name} photo={photo} size={large ? 240 : 96} />
            <span class="heard">{t('people.enlarge')}</span>
          </button>
        )}
        <h2>
          <bdi>{name}</bdi>
        </h2>
        {(profile?.username ?? person?.username) !== undefined && (
          <p>
            <bdi>@{profile?.username ?? person?.username}</bdi>
          </p>
        )}
        {!isMe && <p>{presenceText(chat.presence(user).value)}</p>}
      </div>
      <QuickActions where={where} />
      {asked.error !== null && profile === null ? (
        person === null && <Answered of={asked}>{() => null}</Answered>
      ) : (
        <Facts
          facts={[
            ...(profile?.name != null && profile.name !== name && !isMe
              ? [[t('people.callsSelf'), profile.name] as const]
              : []),
            ...(profile?.status ? [[t('people.status'), profile.status] as const] : []),
            ...(profile?.phone ? [[t('people.phone'), profile.phone] as const] : []),
            ...(profile?.kind === 'bot' ? [[t('people.kind'), t('people.bot')] as const] : []),
          ]}
        />
      )}
      {conversation !== null && <Preferences chat={chat} conversation={conversation} />}
      {conversation !== null && (
        <Section>
          <TimerRow chat={chat} conversation={conversation} />
        </Section>
      )}
      {!isMe && <ContactSection chat={chat} user={user} />}
      {!isMe && <SafetySection chat={chat} user={user} conversation={conversation} />}
      {isMe && <EmptyState icon="edit" title={t('people.self')} text={t('people.selfText')} />}
    </ScreenFrame>
  );
}

function Facts({ facts }: { facts: readonly (readonly [string, string])[] }) {
  if (facts.length === 0) return null;
  return (
    <Section title={t('people.about')}>
      <dl class={screen.facts}>
        {facts.map(([what, fact]) => (
          <div key={what}>
            <dt>{what}</dt>
            <dd>
              <bdi>{fact}</bdi>
            </dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}
