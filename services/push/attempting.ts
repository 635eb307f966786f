import type { Clock } from '../../platform/clock.ts';
import type { Metrics } from '../../platform/metrics.ts';
import { backoff } from '../../platform/outbound/retrying.ts';
import type { Providers } from './providers.ts';
import type { PushNotification, PushOutcome, PushSender, RouteKind } from './sender.ts';
import type { PushSettings } from './settings.ts';
import type { DeviceRoutes, Notice, PushRoutes, Settlement } from './store.ts';

/** What has to be written of a notification after it was tried. */
export type Tried = Pick<Settlement, 'state' | 'dueAt' | 'via' | 'reason' | 'attempts'>;

/** Sends one notification by the routes of its device, in their order, until one takes it. */
export interface Attempting {
  /**
   * @param begin called once before anything goes out; false: it must not be sent
   * @returns null: somebody else has it
   */
  send(
    notice: Notice,
    routes: DeviceRoutes,
    notification: PushNotification,
    begin: () => Promise<boolean>,
    signal: AbortSignal,
  ): Promise<Tried | null>;
}

/** The longest that a vendor may make us wait, milliseconds. */
const MOST_ASKED_MS = 6 * 3_600_000;

export function createAttempting(parts: {
  senders: readonly PushSender[];
  store: Pick<PushRoutes, 'removeRoute'>;
  providers: Providers;
  settings: Pick<PushSettings, 'timeoutMs' | 'retryMinMs' | 'retryMaxMs'>;
  clock: Clock;
  /** Routes of this user have become fewer. */
  onRemoved(user: string): void;
  metrics?: Pick<Metrics, 'push_attempts_total' | 'push_attempt_seconds'>;
}): Attempting {
  const { store, providers, settings, clock, onRemoved, metrics } = parts;
  const senders = new Map<RouteKind, PushSender>(parts.senders.map((sender) => [sender.kind, sender]));

  async function attempt(
    sender: PushSender,
    target: DeviceRoutes['routes'][number]['target'],
    notification: PushNotification,
    signal: AbortSignal,
  ): Promise<PushOutcome> {
    const done = metrics?.push_attempt_seconds.labels(sender.kind).startTimer();
    const deadline = AbortSignal.timeout(settings.timeoutMs);
    const ends = AbortSignal.any([deadline, signal]);
    // Also of a sender that does not heed its signal.
    const late = new Promise<PushOutcome>((resolve) => {
      const over = () => resolve({ outcome: 'unknown', reason: deadline.aborted ? 'timeout' : 'stopped' });
      if (ends.aborted) over();
      else ends.addEventListener('abort', over, { once: true });
    });
    const sent = sender.send(target, notification, ends).catch(
      // Whatever it says may have the target in it.
      (): PushOutcome => ({ outcome: 'unknown', reason: 'sender_failed' }),
    );
    const outcome = await Promise.race([sent, late]);
    done?.();
    metrics?.push_attempts_total.labels(sender.kind, outcome.outcome).inc();
    return outcome;
  }

  return {
    async send({ user, device, attempts, expiresAt }, { routes }, notification, begin, signal) {
      let begun = false;
      let reason = 'no_sender';
      /** When it is worth trying again; null: never. */
      let againAt: number | null = null;
      let failures = attempts;
      const again = (at: number, why: string) => {
        againAt = againAt === null ? at : Math.min(againAt, at);
        reason = why;
      };
      for (const { id, target } of routes) {
        const sender = senders.get(target.kind);
        if (sender === undefined) continue;
        const entry = await providers.enter(target);
        if (!entry.ok) {
          again(entry.at, entry.broken ? 'provider_broken' : 'provider_busy');
          if (entry.broken) continue;
          // It is only a matter of a moment: what comes after it is not what the device prefers.
          break;
        }
        let outcome: PushOutcome = { outcome: 'rejected', reason: 'not_begun' };
        try {
          if (!begun && !(await begin())) return null;
          begun = true;
          outcome = await attempt(sender, target, notification, signal);
        } finally {
          entry.leave(outcome.outcome);
        }
        switch (outcome.outcome) {
          case 'accepted':
            return { state: 'pushed', dueAt: null, via: target.kind, reason: null, attempts: failures + 1 };
          case 'unknown':
            return {
              ...{ state: 'unknown', dueAt: null, via: target.kind, reason: word(outcome.reason) },
              attempts: failures + 1,
            };
          case 'unregistered':
            await store.removeRoute(device, id);
            onRemoved(user);
            reason = 'unregistered';
            break;
          case 'rejected':
            reason = word(outcome.reason);
            break;
          case 'retry': {
            failures++;
            const asked = outcome.afterMs === null ? 0 : Math.min(outcome.afterMs, MOST_ASKED_MS);
            const own = backoff(failures, { minMs: settings.retryMinMs, maxMs: settings.retryMaxMs });
            again(clock.now() + Math.max(asked, own), word(outcome.reason));
          }
        }
      }
      if (againAt === null) return { state: 'failed', dueAt: null, via: null, reason, attempts: failures };
      if (againAt >= expiresAt)
        return { state: 'failed', dueAt: null, via: null, reason: `too_old: ${reason}`, attempts: failures };
      return { state: 'waiting', dueAt: againAt, via: null, reason, attempts: failures };
    },
  };
}

/** What a vendor says in a word or two, and nothing that could be an address or a token. */
function word(reason: string): string {
  return reason.replaceAll(/[^\w .:-]/g, '').slice(0, 60) || 'unspecified';
}
