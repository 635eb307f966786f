import type { MailKind, MailState, TokenPurpose } from './store.ts';

/** The tables of mail in the directory. Times are milliseconds since the epoch; booleans are 0 or 1. */
export interface MailTables {
  mail_addresses: AddressRow;
  mail_tokens: MailTokenRow;
  mail_outbox: OutboxRow;
  mail_origins: { device: string; network: string; noted_at: number };
}

export interface AddressRow {
  user: string;
  /** As it was typed; null: none that is verified. */
  address: string | null;
  address_key: string | null;
  verified_at: number | null;
  /** Waits to be verified. */
  pending: string | null;
  bounces: number;
  bouncing_at: number | null;
  notices: 0 | 1;
  digests: 0 | 1;
  language: string | null;
}

export interface MailTokenRow {
  hash: string;
  user: string;
  purpose: TokenPurpose;
  address: string;
  expires_at: number;
}

export interface OutboxRow {
  id: string;
  /** Names what it is about, once for ever; null: it may be said again. */
  about: string | null;
  kind: MailKind;
  user: string | null;
  /** JSON; empty when it has ended. */
  data: string;
  created_at: number;
  attempts: number;
  /** When to try; of a claim: when its lease ends; null: it has ended. */
  due_at: number | null;
  claim: string | null;
  state: MailState;
  reason: string | null;
  ended_at: number | null;
  /** Whom it went to, in the form in which addresses are compared. */
  recipient: string | null;
}
