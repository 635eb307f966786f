import { uuidv7 } from 'uuidv7';
import type { Conversation, Member } from './store.ts';

/** A group that says as little as possible. */
export function sampleGroup(fields: Partial<Conversation> = {}): Conversation {
  return {
    id: uuidv7(),
    kind: 'group',
    name: 'A group',
    photo: null,
    history: 'joined',
    timer: null,
    createdBy: uuidv7(),
    createdAt: 1_795_000_000_000,
    ...fields,
  };
}

export function member(user: string, role: Member['role'] = 'member'): Member {
  return { user, role };
}

/** In an order to compare by: the port promises none. */
export function byUser<T extends { user: string }>(items: T[]): T[] {
  return items.toSorted((a, b) => (a.user < b.user ? -1 : 1));
}
