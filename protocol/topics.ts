import { isUuid } from './uuid.ts';

/** The topics of the contract, built and parsed in one place. */
export const topics = {
  outbox: (user: string) => `users/${user}/outbox`,
  inbox: (user: string) => `users/${user}/inbox`,
  deviceInbox: (user: string, device: string) => `users/${user}/devices/${device}/inbox`,
  presence: (user: string) => `users/${user}/presence`,
  events: (conversation: string) => `conversations/${conversation}/events`,
  typing: (conversation: string) => `conversations/${conversation}/typing`,
};

export type Topic =
  | { kind: 'outbox' | 'inbox' | 'presence'; user: string }
  | { kind: 'deviceInbox'; user: string; device: string }
  | { kind: 'events' | 'typing'; conversation: string };

/**
 * Parses a topic name of the contract. Anything else (wildcards, other roots, ids that are not UUIDs) is null, which
 * every caller reads as "denied". `+` is accepted only as the conversation of `conversations/+/events` and
 * `conversations/+/typing`, where it means "every conversation I am in".
 */
export function parseTopic(topic: string): Topic | null {
  const parts = topic.split('/', 6);
  if (parts[0] === 'users' && parts[1] !== undefined && isUuid(parts[1])) {
    const user = parts[1];
    if (parts.length === 3) {
      const leaf = parts[2];
      if (leaf === 'outbox' || leaf === 'inbox' || leaf === 'presence') return { kind: leaf, user };
    }
    if (parts.length === 5 && parts[2] === 'devices' && parts[4] === 'inbox' && isUuid(parts[3]!)) {
      return { kind: 'deviceInbox', user, device: parts[3]! };
    }
    return null;
  }
  if (parts[0] === 'conversations' && parts.length === 3 && parts[1] !== undefined) {
    const conversation = parts[1];
    if (conversation !== '+' && !isUuid(conversation)) return null;
    if (parts[2] === 'events' || parts[2] === 'typing') return { kind: parts[2], conversation };
  }
  return null;
}
