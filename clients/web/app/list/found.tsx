import type { StoredMessage } from '../../../sdk/index.ts';
import type { Chat, Person } from '../../chat/chat.ts';
import { shortTime } from '../../i18n/dates.ts';
import { t } from '../../i18n/t.ts';
import { Avatar, EmptyState, Spinner } from '../../ui/index.ts';
import { faceOf, nameOf, titleOf } from '../naming.ts';
import { pathOf } from '../router.ts';
import type { Found } from './find.ts';
import styles from './found.module.css';
import { directionOf, previewOf } from './preview.ts';
import row from './row.module.css';
import { Row } from './row.tsx';

/** What the search box has found. Arrows go through all of it. */
export function FoundList({ chat, found, onLeave }: { chat: Chat; found: Found; onLeave(): void }) {
  const { query, conversations, people, messages, searching, hereOnly } = found;
  const empty = conversations.length + people.length + messages.length === 0;

  function press(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const links = [...event.currentTarget.querySelectorAll('a')];
    const to = links.indexOf(document.activeElement as HTMLAnchorElement) + step;
    if (to < 0) onLeave();
    else links[to]?.focus();
  }

  return (
    <div class={styles.found} onKeyDown={press}>
      <div class="heard" role="status">
        {searching ? t('list.searching') : empty ? t('list.none') : ''}
      </div>
      {conversations.length > 0 && (
        <Group title={t('list.conversationsFound')}>
          {conversations.map((conversation) => (
            <li key={conversation.id}>
              <Row chat={chat} conversation={conversation} open={false} tabIndex={0} />
            </li>
          ))}
        </Group>
      )}
      {people.length > 0 && (
        <Group title={t('list.peopleFound')}>
          {people.map((person) => (
            <PersonRow key={person.user} person={person} />
          ))}
        </Group>
      )}
      {messages.length > 0 && (
        <Group title={t('list.messagesFound')}>
          {messages.map((message) => (
            <MessageRow key={message.key} chat={chat} message={message} />
          ))}
        </Group>
      )}
      {searching && (
        <div class={styles.searching}>
          <Spinner />
        </div>
      )}
      {!searching && empty && (
        <EmptyState icon="search" title={t('list.none')} text={t('list.noneText', { query })} />
      )}
      {!searching && hereOnly && <p class={styles.note}>{t('list.searchedHere')}</p>}
    </div>
  );
}

function Group({ title, children }: { title: string; children: preact.ComponentChildren }) {
  return (
    <section aria-label={title}>
      <h2 class={styles.title}>{title}</h2>
      <ul>{children}</ul>
    </section>
  );
}

function PersonRow({ person: { user, username, name, photo } }: { person: Person }) {
  return (
    <li>
      <a class={row.row} href={pathOf({ at: 'chat', where: { user } })}>
        <Avatar id={user} name={name} photo={photo} />
        <span class={row.words}>
          <span class={row.title}>
            <bdi>{name}</bdi>
          </span>
          <span class={row.last}>
            <bdi>@{username}</bdi>
          </span>
        </span>
      </a>
    </li>
  );
}

function MessageRow({ chat, message }: { chat: Chat; message: StoredMessage }) {
  const { conversation: id, seq, sender, time } = message;
  const conversation = id === null ? null : chat.conversation(id).value;
  if (id === null || seq === null) return null;
  const title = conversation === null ? t('list.someone') : titleOf(chat, conversation);
  const face = conversation === null ? { id, photo: null } : faceOf(chat, conversation);
  const text = previewOf(message);
  const mine = sender === chat.me.user;
  return (
    <li>
      <a class={row.row} href={pathOf({ at: 'chat', where: { conversation: id }, seq })}>
        <Avatar id={face.id} name={title} photo={face.photo} />
        <span class={row.words}>
          <span class={row.line}>
            <span class={row.title}>
              <bdi>{title}</bdi>
            </span>
            {time !== null && <time class={row.time}>{shortTime(time)}</time>}
          </span>
          <span class={row.last} dir={directionOf(text)}>
            {mine ? t('list.mine', { text }) : t('list.theirs', { name: nameOf(chat, sender), text })}
          </span>
        </span>
      </a>
    </li>
  );
}
