import type { Notice } from './receipt-lane.ts';
import type { Unfinished } from './redelivery.ts';

/** What a persistent session had in flight when its connection ended. */
export interface Session {
  /** In the order they were sent. */
  unfinished: readonly Unfinished[];
  /** State: it is sent again as it is then, not as it was. */
  notices: readonly Notice[];
}

const MOST_SESSIONS = 50_000;
const MOST_BYTES = 64 * 1024 * 1024;
/** About what an entry costs besides an answer's payload. */
const ENTRY_BYTES = 100;

/**
 * What persistent sessions had in flight when they were cut, in memory: so that it can be sent again with the same packet
 * identifiers and DUP [MQTT-4.4.0-1]. Bounded: of the device that left longest ago it is forgotten, and what it had not acknowledged
 * comes again as new.
 */
export class Sessions {
  readonly #most: number;
  readonly #mostBytes: number;
  readonly #sessions = new Map<string, { session: Session; bytes: number }>();
  #bytes = 0;

  constructor(most = MOST_SESSIONS, mostBytes = MOST_BYTES) {
    this.#most = most;
    this.#mostBytes = mostBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  keep(device: string, session: Session): void {
    this.take(device);
    if (session.unfinished.length === 0 && session.notices.length === 0) return;
    const bytes = cost(session);
    this.#sessions.set(device, { session, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#sessions.keys()) {
      if (this.#sessions.size <= this.#most && this.#bytes <= this.#mostBytes) break;
      this.take(oldest);
    }
  }

  /** Undefined: it had nothing in flight, or that was forgotten. */
  take(device: string): Session | undefined {
    const kept = this.#sessions.get(device);
    if (kept === undefined) return undefined;
    this.#sessions.delete(device);
    this.#bytes -= kept.bytes;
    return kept.session;
  }
}

function cost({ unfinished, notices }: Session): number {
  let bytes = 0;
  for (const one of unfinished) bytes += ENTRY_BYTES + ('answer' in one ? one.answer.payload.length : 0);
  for (const { receipts } of notices) bytes += ENTRY_BYTES * (1 + receipts.length);
  return bytes;
}
