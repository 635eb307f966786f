import type { AccountParts } from '../parts.ts';
import type { User } from '../store.ts';

/** A profile as it travels. */
export interface Profile {
  id: string;
  username: string;
  kind: User['kind'];
  bot?: true;
  name: string | null;
  photo: string | null;
  status: string | null;
  /** Absent: not shown to the one who asks. */
  phone?: string | null;
  /** Milliseconds since the epoch; absent: never, or not shown to the one who asks. */
  last_seen?: number;
}

/** What `viewer` may see of a user. Between two of whom one has blocked the other: what a sender is called, and nothing more. */
export async function profileFor(
  viewer: string,
  { id, username, kind, name, photo, status, phone }: User,
  { relations, visibility, lastSeen }: Pick<AccountParts, 'relations' | 'visibility' | 'lastSeen'>,
): Promise<Profile> {
  const named = { id, username, kind, ...(kind === 'bot' ? { bot: true as const } : {}), name };
  if (viewer !== id && (await relations.blocked(viewer, id))) return { ...named, photo: null, status: null };
  const profile: Profile = { ...named, photo, status };
  if (viewer === id || (await visibility.isContact(id, viewer))) profile.phone = phone;
  if ((await visibility.mayObserve(viewer, id)).lastSeen) {
    const seen = await lastSeen.ofUser(id);
    if (seen !== null) profile.last_seen = seen;
  }
  return profile;
}
