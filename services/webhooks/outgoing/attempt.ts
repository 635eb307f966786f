import { OutboundFailure } from '../../../platform/outbound/failure.ts';
import type { Outbound } from '../../../platform/outbound/outbound.ts';
import { retryAfter } from '../../../platform/outbound/retrying.ts';
import { signedHeaders } from '../../../platform/outbound/standard-webhooks.ts';
import { withSequence } from '../../../protocol/events.ts';
import type { StoredEvent } from '../../messages/history.ts';
import { tombstone } from '../../messages/tombstone.ts';
import { secretsOf } from './signing-secrets.ts';
import type { Webhook } from './store.ts';

/** What came of one attempt to tell of one event. */
export type Attempt =
  | { ok: true; body: Buffer; json: boolean }
  | {
      ok: false;
      /** Null: there was no answer. */
      status: number | null;
      /** In a word, for the owner to see. */
      reason: string;
      /** It says something of the endpoint, and nothing of this event. */
      endpoint: boolean;
      /** How long the receiver asked us to wait, milliseconds; null: it did not. */
      retryAfterMs: number | null;
      /** It will never be there again. */
      gone: boolean;
    };

/** Bytes of an answer that are read: a reply fits. */
const MOST_BYTES = 128 * 1024;
const USER_AGENT = 'Dunlin-Webhooks/1';

/**
 * One attempt. Any 2xx is a yes; a redirect is a no, as it might lead anywhere (Standard Webhooks, "Considerations for Webhook Producers").
 * @param now milliseconds since the epoch
 */
export async function attempt(
  outbound: Pick<Outbound, 'request'>,
  webhook: Webhook,
  event: StoredEvent,
  { now, timeoutMs, signal }: { now: number; timeoutMs: number; signal: AbortSignal },
): Promise<Attempt> {
  const body = payload(event, now);
  const headers = {
    'content-type': 'application/json',
    'user-agent': USER_AGENT,
    ...signedHeaders(deliveryId(webhook.id, event), now, body, secretsOf(webhook, now)),
  };
  try {
    const answer = await outbound.request({
      ...{ url: webhook.url, method: 'POST', headers, body },
      ...{ deadlineMs: timeoutMs, mostBytes: MOST_BYTES, signal },
    });
    const { status } = answer;
    if (status >= 200 && status < 300) {
      const json = /^application\/json\b/i.test(answer.headers['content-type'] ?? '') && !answer.cut;
      return { ok: true, body: answer.body, json: status === 200 && json };
    }
    return {
      ok: false,
      status,
      reason: status >= 300 && status < 400 ? 'redirect' : 'status',
      endpoint: status >= 500 || status === 429 || status === 410,
      retryAfterMs: retryAfter(answer.headers['retry-after'], now),
      gone: status === 410,
    };
  } catch (error) {
    if (!(error instanceof OutboundFailure)) throw error;
    return { ok: false, status: null, reason: error.reason, endpoint: true, retryAfterMs: null, gone: false };
  }
}

/** The same for every attempt at one event to one webhook: a receiver that has seen it need not look again. */
export function deliveryId(webhook: string, { stream, seq }: Pick<StoredEvent, 'stream' | 'seq'>): string {
  return `${webhook}_${stream}_${seq}`;
}

/** The event as history has it now: of what was deleted or has expired meanwhile nothing but that it was. */
function payload(event: StoredEvent, now: number): string {
  const { seq, type, time, expires } = event;
  const due = expires !== null && expires <= now;
  const data = withSequence(seq, due ? tombstone(event.body, 'expired') : event.body);
  return `{"type":${JSON.stringify(type)},"timestamp":"${new Date(time).toISOString()}","data":${data}}`;
}
