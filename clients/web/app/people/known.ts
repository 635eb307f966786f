import type { AnyEvent } from '../../../sdk/index.ts';
import type { Chat } from '../../chat/chat.ts';
import { matches } from '../list/find.ts';
import { nameOf } from '../naming.ts';
import { type Asked, useAnswer } from '../screen/index.ts';

/** Somebody whom one can write to or add. */
export interface Known {
  user: string;
  username: string;
  name: string;
}

const contactsChange = ({ type }: AnyEvent) => type === 'contact.added' || type === 'contact.removed';

export const useContacts = (chat: Chat): Asked<'contacts.list'> =>
  useAnswer(chat, 'contacts.list', {}, contactsChange);

/** By name, as one's language sorts. */
const byName = (a: Known, b: Known) => a.name.localeCompare(b.name);

/** One's contacts, and with whom one has talked without their being one; each without oneself. */
export function knownPeople(
  chat: Chat,
  contacts: Asked<'contacts.list'>['answer'],
): { contacts: Known[]; others: Known[] } {
  const inContacts = (contacts?.contacts ?? [])
    .filter(({ user }) => user !== chat.me.user)
    .map(({ user, username, name }) => ({ user, username, name: name ?? username }));
  const known = new Set([chat.me.user, ...inContacts.map(({ user }) => user)]);
  const others: Known[] = [];
  for (const { kind, peer } of chat.conversations.value) {
    if (kind !== 'direct' || peer === null || known.has(peer)) continue;
    known.add(peer);
    others.push({ user: peer, username: chat.person(peer).value?.username ?? '', name: nameOf(chat, peer) });
  }
  return { contacts: inContacts.sort(byName), others: others.sort(byName) };
}

/** Those whose name, or name to sign in with, has the text. */
export const among = (people: readonly Known[], text: string): Known[] =>
  text.trim() === ''
    ? [...people]
    : people.filter(
        ({ name, username }) =>
          matches(name, text.trim()) || matches(username, text.trim().replace(/^@/, '')),
      );
