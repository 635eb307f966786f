import type { Pause } from './outgoing/store.ts';

/** The tables of webhooks in the directory. Times are milliseconds since the epoch. */
export interface WebhookTables {
  hooks: HookRow;
  webhooks: WebhookRow;
  webhook_lanes: LaneRow;
  webhook_failures: FailureRow;
}

export interface HookRow {
  id: string;
  conversation: string;
  name: string;
  speaker: string;
  created_by: string;
  secret_hash: string;
  created_at: number;
}

export interface WebhookRow {
  id: string;
  owner: string;
  conversation: string | null;
  url: string;
  /** Types of events, with a space between them. */
  events: string;
  secret: string;
  former_secret: string | null;
  former_until: number | null;
  paused: Pause | null;
  failures: number;
  failing_since: number | null;
  /** Nothing of it is tried before this. */
  not_before: number;
  created_at: number;
}

export interface LaneRow {
  webhook: string;
  stream: string;
  done: number;
  last: number;
  attempts: number;
  /** When to go on; of a claim: when its lease ends; null: everything has been told. */
  due_at: number | null;
  claim: string | null;
}

export interface FailureRow {
  id: string;
  webhook: string;
  stream: string;
  seq: number;
  type: string;
  attempts: number;
  status: number | null;
  reason: string;
  failed_at: number;
  /** When to send it again, as of lanes; null: nobody has asked for it. */
  due_at: number | null;
  claim: string | null;
}
