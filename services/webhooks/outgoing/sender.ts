import { randomUUID } from 'node:crypto';
import { setTimeout as timer } from 'node:timers/promises';
import type { Clock } from '../../../platform/clock.ts';
import type { Logger } from '../../../platform/logging.ts';
import type { Metrics } from '../../../platform/metrics.ts';
import { within } from '../../../platform/within.ts';
import type { WebhookSettings } from '../settings.ts';
import type { LaneWork } from './lane-work.ts';
import type { WebhookStore } from './store.ts';

/** The worker that tells. Any number of them work at one outbox, in any processes. */
export interface Sender {
  start(): Promise<void>;
  /** There may be something to tell. */
  wake(): void;
  /** Lets what is under way end, for a moment; what does not is told again later, under the same id. */
  stop(): Promise<void>;
}

/** How often it looks without having been woken: another process may have let go of something, or noted it. */
const LOOK_MS = 2_000;
const RETRY_MS = 1_000;
const SOON_MS = 20;
const GRACE_MS = 3_000;
const SWEEP_MS = 600_000;
const SWEEP_ROWS = 500;

export function createSender(parts: {
  store: WebhookStore;
  work: LaneWork;
  settings: WebhookSettings;
  clock: Clock;
  logger: Logger;
  /** Others may be at work at the same outbox. */
  shared: boolean;
  metrics?: Pick<Metrics, 'webhook_lanes_under_way'>;
}): Sender {
  const { store, work, settings, clock, logger, shared, metrics } = parts;
  const underWay = new Map<Promise<void>, string>();
  const stopping = new AbortController();
  const cutting = new AbortController();
  let woken = Promise.withResolvers<void>();
  let sweptAt = Number.NEGATIVE_INFINITY;
  let loop: Promise<void> = Promise.resolve();

  function begin(webhook: string, doing: Promise<void>): void {
    const done: Promise<void> = doing
      .catch((error: unknown) => {
        // Its lease ends, and it is tried again.
        logger.warn({ err: error, webhook }, 'a webhook could not be told: again when its lease is over');
      })
      .finally(() => {
        underWay.delete(done);
        metrics?.webhook_lanes_under_way.set(underWay.size);
        woken.resolve();
      });
    underWay.set(done, webhook);
    metrics?.webhook_lanes_under_way.set(underWay.size);
  }

  /** Webhooks that have something under way, and those that have as much as one may have. */
  function busy(): { full: string[]; atWork: string[] } {
    const counts = new Map<string, number>();
    for (const webhook of underWay.values()) counts.set(webhook, (counts.get(webhook) ?? 0) + 1);
    const atWork = [...counts.keys()];
    return { atWork, full: atWork.filter((webhook) => counts.get(webhook)! >= settings.atOncePerWebhook) };
  }

  /** How many were claimed. */
  async function round(): Promise<number> {
    const room = settings.atOnce - underWay.size;
    if (room <= 0) return 0;
    const now = clock.now();
    // One of its own each time: a claim whose lease is over is not ours any more, though we claim the same again.
    const claim = randomUUID();
    const at = { now, leaseUntil: now + work.leaseMs };
    const most = { lanes: room, perWebhook: settings.atOncePerWebhook };
    const lanes = await store.claimLanes(claim, at, most, busy());
    for (const lane of lanes) begin(lane.webhook, work.lane(lane, claim, cutting.signal));
    if (room === lanes.length) return lanes.length;
    const letters = await store.claimFailures(claim, at, room - lanes.length);
    for (const letter of letters) begin(letter.webhook, work.letter(letter, cutting.signal));
    return lanes.length + letters.length;
  }

  async function sweep(): Promise<void> {
    const now = clock.now();
    if (now - sweptAt < SWEEP_MS) return;
    while ((await store.sweepFailures(now - settings.failureDaysMs, SWEEP_ROWS)) === SWEEP_ROWS);
    sweptAt = now;
  }

  function pauseUntil(due: number | null): number {
    if (due === null) return LOOK_MS;
    const ms = due - clock.now();
    // Due and not to be had: of a webhook that has its hands full, which wakes us when it is done.
    if (ms <= 0 && underWay.size > 0) return LOOK_MS;
    return Math.min(Math.max(ms, SOON_MS), LOOK_MS);
  }

  /** Until there may be something, or a look is due. */
  async function rest(ms: number): Promise<void> {
    const over = new AbortController();
    const signal = AbortSignal.any([stopping.signal, over.signal]);
    await Promise.race([timer(ms, undefined, { signal }).catch(() => {}), woken.promise]);
    over.abort();
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      let pause = RETRY_MS;
      woken = Promise.withResolvers();
      try {
        await sweep();
        const claimed = await round();
        const due = claimed > 0 ? null : await store.nextDue();
        if (claimed > 0 && underWay.size < settings.atOnce) continue;
        pause = pauseUntil(due);
      } catch (error) {
        logger.warn({ err: error }, 'the outbox of webhooks could not be read: tried again');
      }
      await rest(pause);
    }
  }

  return {
    async start() {
      // Of a process that was here before and is not any more.
      if (!shared) await store.forgetClaims(clock.now());
      loop = run();
    },
    wake: () => woken.resolve(),
    async stop() {
      stopping.abort();
      await loop;
      await within(Promise.all(underWay.keys()), GRACE_MS);
      cutting.abort();
      await Promise.all(underWay.keys());
    },
  };
}
