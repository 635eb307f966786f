import { randomUUID } from 'node:crypto';
import type { Clock } from '../../../platform/clock.ts';
import type { Logger } from '../../../platform/logging.ts';
import type { Metrics } from '../../../platform/metrics.ts';
import { WorkLoop } from '../../../platform/work-loop.ts';
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
  /** How much of each webhook is under way. */
  const counts = new Map<string, number>();
  let sweptAt = Number.NEGATIVE_INFINITY;
  const loop = new WorkLoop({
    round,
    lookMs: LOOK_MS,
    retryMs: RETRY_MS,
    onFailure: (error) =>
      logger.warn({ err: error }, 'the outbox of webhooks could not be read: tried again'),
  });

  function count(webhook: string, more: 1 | -1): void {
    const now = (counts.get(webhook) ?? 0) + more;
    if (now === 0) counts.delete(webhook);
    else counts.set(webhook, now);
    metrics?.webhook_lanes_under_way.set(loop.size);
  }

  function begin(webhook: string, doing: Promise<void>): void {
    const done = doing.catch((error: unknown) => {
      // Its lease ends, and it is tried again.
      logger.warn({ err: error, webhook }, 'a webhook could not be told: again when its lease is over');
    });
    loop.begin(done, () => {
      count(webhook, -1);
      loop.wake();
    });
    count(webhook, 1);
  }

  /** Webhooks that have something under way, and those that have as much as one may have. */
  function busy(): { full: string[]; atWork: string[] } {
    const atWork = [...counts.keys()];
    return { atWork, full: atWork.filter((webhook) => counts.get(webhook)! >= settings.atOncePerWebhook) };
  }

  /** How long there is nothing to do, milliseconds. */
  async function round(): Promise<number> {
    await sweep();
    const claimed = await claim(settings.atOnce - loop.size);
    if (claimed > 0) return loop.size < settings.atOnce ? 0 : LOOK_MS;
    const due = await store.nextDue();
    const ms = due === null ? LOOK_MS : due - clock.now();
    // Due and not to be had: of a webhook that has its hands full, which wakes us when it is done.
    return ms <= 0 && loop.size > 0 ? LOOK_MS : Math.max(ms, 1);
  }

  /** How many were claimed. */
  async function claim(room: number): Promise<number> {
    if (room <= 0) return 0;
    const now = clock.now();
    // One of its own each time: a claim whose lease is over is not ours any more, though we claim the same again.
    const claim = randomUUID();
    const at = { now, leaseUntil: now + work.leaseMs };
    const most = { lanes: room, perWebhook: settings.atOncePerWebhook };
    const lanes = await store.claimLanes(claim, at, most, busy());
    for (const lane of lanes) begin(lane.webhook, work.lane(lane, claim, loop.cutting));
    if (room === lanes.length) return lanes.length;
    const letters = await store.claimFailures(claim, at, room - lanes.length);
    for (const letter of letters) begin(letter.webhook, work.letter(letter, loop.cutting));
    return lanes.length + letters.length;
  }

  async function sweep(): Promise<void> {
    const now = clock.now();
    if (now - sweptAt < SWEEP_MS) return;
    while ((await store.sweepFailures(now - settings.failureDaysMs, SWEEP_ROWS)) === SWEEP_ROWS);
    sweptAt = now;
  }

  return {
    async start() {
      // Of a process that was here before and is not any more.
      if (!shared) await store.forgetClaims(clock.now());
      loop.start();
    },
    wake: () => loop.wake(),
    stop: () => loop.stop(),
  };
}
