import type { ReportReason, Role, Shown } from '../../protocol/commands.ts';
import type { Invitation, RefreshToken, User } from '../accounts/store.ts';
import type { Conversation } from '../conversations/store.ts';
import type { MailTables } from '../mail/tables.ts';
import type { MediaTables } from '../media/tables.ts';
import type { PushTables } from '../push/tables.ts';
import type { WebhookTables } from '../webhooks/tables.ts';

/** The tables of the directory as Kysely sees them. Times are milliseconds since the epoch; booleans are 0 or 1. */
export interface DirectoryTables extends MailTables, WebhookTables, PushTables, MediaTables {
  users: UserRow;
  credentials: { user: string; password_hash: string };
  devices: DeviceRow;
  refresh_tokens: RefreshTokenRow;
  invitations: InvitationRow;
  bots: BotRow;
  contacts: { user: string; contact: string; name: string | null };
  blocks: { user: string; blocked: string };
  conversations: ConversationRow;
  joinings: JoiningRow;
  hidden: { user: string; conversation: string; seq: number };
  preferences: PreferenceRow;
  notifications: NotificationsRow;
  reports: ReportRow;
}

export interface UserRow {
  id: string;
  username: string;
  kind: User['kind'];
  admin: 0 | 1;
  name: string | null;
  phone: string | null;
  photo: string | null;
  status: string | null;
  last_seen: number | null;
  last_seen_audience: User['lastSeenAudience'];
  presence_audience: User['presenceAudience'];
  created_at: number;
}

export interface DeviceRow {
  id: string;
  user: string;
  name: string | null;
  created_at: number;
  last_seen: number | null;
  revoked_at: number | null;
}

export interface RefreshTokenRow {
  hash: RefreshToken['hash'];
  device: string;
  user: string;
  family: string;
  expires_at: number;
  used_at: number | null;
}

export interface InvitationRow {
  hash: Invitation['hash'];
  created_by: string | null;
  admin: 0 | 1;
  expires_at: number;
  used_by: string | null;
}

export interface BotRow {
  user: string;
  owner: string;
  /** Their names, with a space between them. */
  scopes: string;
  groups: 0 | 1;
  paused: 0 | 1;
  rate: number | null;
  created_at: number;
  deleted_at: number | null;
}

/** A conversation; of what can change also the event that changed it last, so that an older one cannot. */
export interface ConversationRow {
  id: string;
  kind: Conversation['kind'];
  name: string | null;
  name_seq: number;
  photo: string | null;
  photo_seq: number;
  history: Conversation['history'];
  history_seq: number;
  timer: number | null;
  timer_seq: number;
  created_by: string;
  created_at: number;
}

/** One stay of a user in a conversation: from the event that let them in to the one that let them out. */
export interface JoiningRow {
  conversation: string;
  user: string;
  from_seq: number;
  /** null: they are in now. */
  to_seq: number | null;
  /** The first event they may read. */
  readable_from: number;
  role: Role;
  /** The event that gave the role. */
  role_seq: number;
}

export interface PreferenceRow {
  user: string;
  conversation: string;
  muted_until: number | null;
  pinned: 0 | 1;
  archived: 0 | 1;
}

export interface NotificationsRow {
  user: string;
  show: Shown;
  mentions_override: 0 | 1;
  /** JSON; null: none. */
  quiet: string | null;
  digest_hours: number | null;
  /** When to look next for unread messages, and when a mail last told of any. */
  digest_at: number;
  digest_told: number;
}

export interface ReportRow {
  id: string;
  reporter: string;
  user: string;
  reason: ReportReason;
  text: string | null;
  conversation: string | null;
  /** JSON: sequence numbers in the conversation. */
  messages: string;
  time: number;
  closed_at: number | null;
}
