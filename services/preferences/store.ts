import type { QuietHours, Shown } from '../../protocol/commands.ts';

/** How a user has a conversation. */
export interface Preferences {
  /** Milliseconds since the epoch; null: not muted. */
  mutedUntil: number | null;
  pinned: boolean;
  archived: boolean;
}

/** How a user is notified on devices that are not connected. */
export interface Notifications {
  show: Shown;
  /** Being mentioned, or answered, notifies also where the user has muted. */
  mentionsOverride: boolean;
  quiet: QuietHours | null;
  /** Unread for so many hours: told of by mail; null: never. */
  digestHours: number | null;
}

/** What holds for whoever has said nothing. */
export const noPreferences: Preferences = { mutedUntil: null, pinned: false, archived: false };
export const usualNotifications: Notifications = {
  show: 'content',
  mentionsOverride: true,
  quiet: null,
  digestHours: null,
};

/** Port: what users have set for themselves. A projection of events of their own streams: setting the same again changes nothing. */
export interface PreferenceStore {
  /** What is absent stays. */
  set(user: string, conversation: string, changes: Partial<Preferences>): Promise<void>;
  get(user: string, conversation: string): Promise<Preferences>;
  /** Where the user has set something. */
  all(user: string): Promise<Map<string, Preferences>>;
  /** Who of these users has muted the conversation, at a time in milliseconds since the epoch. */
  muted(conversation: string, users: readonly string[], at: number): Promise<Set<string>>;

  setNotifications(user: string, changes: Partial<Notifications>): Promise<void>;
  /** Of each that is asked for. */
  notifications(users: readonly string[]): Promise<Map<string, Notifications>>;
}
