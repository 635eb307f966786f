import { OutboundFailure } from '../../../platform/outbound/failure.ts';
import type { Outbound, OutboundAnswer, OutboundRequest } from '../../../platform/outbound/outbound.ts';
import type { PushOutcome } from '../sender.ts';

/** Bytes of an answer that are read: what went wrong is in the first few. */
const MOST_BYTES = 16_384;
/** An attempt has its own deadline; this one is for callers without. Milliseconds. */
const DEADLINE_MS = 30_000;
export const USER_AGENT = 'Dunlin-Push/1';

/** One request of a sender, and what its answer means. A network that fails is an outcome too. */
export async function ask(
  outbound: Pick<Outbound, 'request'>,
  asked: Pick<OutboundRequest, 'url' | 'headers' | 'body' | 'signal'>,
  meaning: (answer: OutboundAnswer) => PushOutcome | Promise<PushOutcome>,
): Promise<PushOutcome> {
  let answer: OutboundAnswer;
  try {
    answer = await outbound.request({
      ...asked,
      headers: { 'user-agent': USER_AGENT, ...asked.headers },
      method: 'POST',
      deadlineMs: DEADLINE_MS,
      mostBytes: MOST_BYTES,
    });
  } catch (error) {
    if (!(error instanceof OutboundFailure)) throw error;
    return error.reason === 'not_allowed' ? rejected('not_allowed') : later(error.reason);
  }
  return meaning(answer);
}

export const accepted = (receipt?: string): PushOutcome =>
  receipt === undefined || receipt === ''
    ? { outcome: 'accepted' }
    : { outcome: 'accepted', receipt: receipt.slice(0, 256) };
export const later = (reason: string, afterMs: number | null = null): PushOutcome => ({
  outcome: 'retry',
  afterMs,
  reason,
});
export const rejected = (reason: string): PushOutcome => ({ outcome: 'rejected', reason });
export const unregistered: PushOutcome = { outcome: 'unregistered' };

/** The body as JSON object; what is none is an empty one. */
export function jsonOf({ body }: Pick<OutboundAnswer, 'body'>): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : {};
  } catch {
    return {};
  }
}

/** A vendor's word for what is wrong, as it may be kept and shown: nothing but a name. */
export function wordOf(value: unknown, otherwise: string): string {
  if (typeof value !== 'string' || !/^[A-Za-z][A-Za-z0-9_]{0,63}$/.test(value)) return otherwise;
  return value.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}
