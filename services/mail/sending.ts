import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logging.ts';
import type { Metrics } from '../../platform/metrics.ts';
import { backoff } from '../../platform/outbound/retrying.ts';
import { addressKey } from './address.ts';
import { ageOf, type Composing } from './composing.ts';
import type { Letter } from './letters/letter.ts';
import type { MailSettings } from './settings.ts';
import type { MailOutcome } from './smtp/outcome.ts';
import type { MailTransport } from './smtp/transport.ts';
import type { MailItem, MailState, MailStore } from './store.ts';

/** What becomes of a mail that was claimed. */
export interface Sending {
  /** Resolves to what the server made of it; null: it was not asked. */
  send(item: MailItem, claim: string, signal: AbortSignal): Promise<MailOutcome | null>;
  /** How long a claim goes without a sign of life, milliseconds. */
  readonly leaseMs: number;
}

/** Writes down what became of it for good. */
type End = (
  state: Exclude<MailState, 'waiting'>,
  reason: string | null,
  recipient: string | null,
) => Promise<void>;

/** Between the end of an attempt and the end of a lease: for what is written then. */
const MARGIN_MS = 30_000;
const RETRY = { minMs: 60_000, maxMs: 3 * 3_600_000 };
const AFTER_TROUBLE = { minMs: 5_000, maxMs: 300_000 };
const HOUR_MS = 3_600_000;
/** How long a mail waits whose recipient has had enough of them for now. */
const LATER_MS = 600_000;
/** How long one waits behind others to the same recipient. */
const SOON_MS = 1_000;
/** Mails that an address refuses, one after the other, until nothing is sent to it any more. */
const MOST_BOUNCES = 3;

export function createSending(parts: {
  store: MailStore;
  composing: Composing;
  transport: MailTransport;
  settings: MailSettings;
  clock: Clock;
  logger: Logger;
  metrics?: Pick<Metrics, 'mail_total' | 'mail_seconds'>;
}): Sending {
  const { store, composing, transport, settings, clock, logger, metrics } = parts;
  /** How many are being sent to each recipient by this process: not counted as sent yet. */
  const underWay = new Map<string, number>();

  async function attempt(item: MailItem, claim: string, signal: AbortSignal): Promise<MailOutcome | null> {
    const end: End = async (state, reason, recipient) => {
      metrics?.mail_total.labels(item.kind, state).inc();
      await store.endMail(item.id, claim, { state, reason, recipient, at: clock.now() });
    };
    const composed = await composing.compose(item);
    if ('dropped' in composed) {
      await end('dropped', composed.dropped, null);
      return null;
    }
    const recipient = addressKey(composed.to);
    const others = underWay.get(recipient) ?? 0;
    underWay.set(recipient, others + 1);
    try {
      const now = clock.now();
      const sent = await store.sentSince(recipient, now - HOUR_MS);
      if (sent + others >= settings.perRecipientHour) {
        // Those under way may have been counted twice, or fail.
        const wait = sent >= settings.perRecipientHour ? LATER_MS : SOON_MS;
        await store.postponeMail(item.id, claim, item.attempts, now + wait);
        return null;
      }
      return await deliver(item, claim, signal, composed, recipient, end);
    } finally {
      const left = underWay.get(recipient)! - 1;
      if (left === 0) underWay.delete(recipient);
      else underWay.set(recipient, left);
    }
  }

  async function deliver(
    item: MailItem,
    claim: string,
    signal: AbortSignal,
    { to, letter }: { to: string; letter: Letter },
    recipient: string,
    end: End,
  ): Promise<MailOutcome | null> {
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(settings.timeoutMs)]);
    const begun = performance.now();
    const result = await transport.send({ id: item.id, to, letter, date: item.createdAt }, deadline);
    metrics?.mail_seconds.observe((performance.now() - begun) / 1_000);
    switch (result.outcome) {
      case 'taken':
        await end('sent', null, recipient);
        if (item.user !== null) await store.noteTaken(item.user, to);
        return result;
      case 'refused':
        logger.warn({ mail: item.id, kind: item.kind, reason: result.reason }, 'a mail was refused for good');
        if (item.user !== null && (await store.noteBounce(item.user, to, MOST_BOUNCES, clock.now())))
          logger.warn({ user: item.user }, 'a mail address refuses mails: no more are sent to it');
        await end('dead', result.reason, recipient);
        return result;
    }
    metrics?.mail_total.labels(item.kind, result.outcome).inc();
    await again(item, claim, end, result);
    return result;
  }

  /** Until it would be too late, however often that is. */
  async function again(
    item: MailItem,
    claim: string,
    end: End,
    { outcome, reason }: Extract<MailOutcome, { reason: string }>,
  ): Promise<void> {
    const now = clock.now();
    const attempts = item.attempts + 1;
    // After trouble another one is tried first: it may be this mail that makes it.
    const next = now + backoff(attempts, outcome === 'trouble' ? AFTER_TROUBLE : RETRY);
    if (next < item.createdAt + ageOf(item.kind, settings))
      return store.postponeMail(item.id, claim, attempts, next);
    logger.warn({ mail: item.id, kind: item.kind, reason }, 'a mail was given up');
    await end('dead', reason, null);
  }

  return { leaseMs: settings.timeoutMs + MARGIN_MS, send: attempt };
}
