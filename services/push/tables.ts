import type { RouteKind } from './sender.ts';
import type { RowState, ToldKind } from './store.ts';

/** The tables of push in the directory. Times are milliseconds since the epoch. */
export interface PushTables {
  push_routes: RouteRow;
  push_events: EventRow;
  push_outbox: OutboxRow;
}

export interface RouteRow {
  device: string;
  /** 0: tried first. */
  place: number;
  /** Of this registration: the same target, registered again, has another one. */
  id: string;
  user: string;
  kind: RouteKind;
  /** JSON; secret. */
  target: string;
  /** SHA-256 of what may be registered for one device only; null: for any number of them. */
  fingerprint: string | null;
  /** Of the device: X25519, base64. */
  key: string | null;
  registered_at: number;
}

/** An event for whose audience it has to be seen who is to be notified. */
export interface EventRow {
  conversation: string;
  seq: number;
  kind: 'message' | 'added';
  time: number;
  /** The last member who has been looked at; empty: nobody yet. */
  after: string;
  /** 1: the time has passed in which connected devices acknowledge. */
  late: 0 | 1;
  /** Of a claim: when its lease ends. */
  due_at: number;
  claim: string | null;
}

export interface OutboxRow {
  device: string;
  conversation: string;
  seq: number;
  user: string;
  kind: ToldKind;
  state: RowState;
  attempts: number;
  via: RouteKind | null;
  reason: string | null;
  created_at: number;
  /** Given up then. */
  expires_at: number;
  /** When to go on; of a claim: when its lease ends; null: settled. */
  due_at: number | null;
  settled_at: number | null;
  claim: string | null;
}
