import type { StoredEvent } from '../history.ts';
import type { Names } from './names.ts';

/** The columns of a StoredEvent, with the table's own number. */
export const EVENT_COLUMNS =
  'e.n, e.stream, e.seq, e.type, e.user, e.device, e.id, e.time, e.expires, e.body';

export interface EventRow {
  n: number;
  stream: number;
  seq: number;
  type: string;
  user: number;
  device: number | null;
  id: string;
  time: number;
  expires: number | null;
  body: string;
}

export function toEvent(row: EventRow, names: Names): StoredEvent {
  return {
    stream: names.text(row.stream),
    seq: row.seq,
    type: row.type,
    sender: { user: names.text(row.user), device: row.device === null ? null : names.text(row.device) },
    id: row.id,
    time: row.time,
    body: row.body,
    expires: row.expires,
  };
}
