import { randomUUID } from 'node:crypto';
import { setTimeout as timer } from 'node:timers/promises';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logging.ts';
import type { Metrics } from '../../platform/metrics.ts';
import { within } from '../../platform/within.ts';
import type { Attempting } from './attempting.ts';
import type { Audience } from './audience.ts';
import type { Composing, Decision } from './composing.ts';
import type { PushSettings } from './settings.ts';
import type { Notice, PushStore, RowKey, Settlement } from './store.ts';
import { together } from './together.ts';

/** Works at the outbox. Any number of them do, in any processes. */
export interface Worker {
  start(): Promise<void>;
  /** There may be something to do. */
  wake(): void;
  /** Lets what is under way end, for a moment; what does not counts as unknown. */
  stop(): Promise<void>;
}

/** How often it looks without having been woken: another process may have let go of something, or noted it. */
const LOOK_MS = 2_000;
const RETRY_MS = 1_000;
const SOON_MS = 20;
const GRACE_MS = 3_000;
const SWEEP_MS = 60_000;
const SWEEP_ROWS = 1_000;
const EVENTS_AT_ONCE = 2;
const MOST_SETTLING = 6;
const SETTLE_AGAIN_MS = 200;
const MOST_QUEUED = 100_000;
/** Beside the time of the attempts: until something is begun, and until it is settled. */
const SPARE_MS = 30_000;

export function createWorker(parts: {
  store: PushStore;
  audience: Audience;
  composing: Composing;
  attempting: Attempting;
  settings: PushSettings;
  clock: Clock;
  logger: Logger;
  /** Others may be at work at the same outbox. */
  shared: boolean;
  metrics?: Pick<
    Metrics,
    'push_outcomes_total' | 'push_under_way' | 'push_queue_length' | 'push_wait_seconds'
  >;
}): Worker {
  const { store, audience, composing, attempting, settings, clock, logger, shared, metrics } = parts;
  /** Every route of a device may take its whole time. */
  const leaseMs = settings.timeoutMs * settings.routesPerDevice + SPARE_MS;
  const stopping = new AbortController();
  const cutting = new AbortController();
  const events = new Set<Promise<void>>();
  const notices = new Set<Promise<void>>();
  let woken = Promise.withResolvers<void>();
  let sweptAt = Number.NEGATIVE_INFINITY;
  let loop: Promise<void> = Promise.resolve();

  const settle = together<{ claim: string; settlement: Settlement }, void>(async (items) => {
    for (const [claim, some] of Map.groupBy(items, (item) => item.claim))
      await store.settle(
        claim,
        some.map(({ settlement }) => settlement),
        clock.now(),
      );
    return items.map(() => undefined);
  }, 200);

  const begin = together<{ claim: string; key: RowKey }, boolean>(async (items) => {
    const begun = new Set<string>();
    for (const [claim, some] of Map.groupBy(items, (item) => item.claim)) {
      const keys = some.map(({ key }) => key);
      for (const key of await store.begin(claim, keys, clock.now() + leaseMs)) begun.add(nameOf(key));
    }
    return items.map(({ key }) => begun.has(nameOf(key)));
  }, 200);

  function under(set: Set<Promise<void>>, doing: Promise<void>): void {
    const done: Promise<void> = doing
      .catch((error: unknown) => {
        // Its lease ends: what had not begun comes again.
        logger.warn({ err: error }, 'a notification could not be seen to: again when its lease is over');
      })
      .finally(() => {
        set.delete(done);
        metrics?.push_under_way.set(notices.size);
        // A few at a time, so that they are asked about together.
        if (notices.size <= settings.atOnce / 2) woken.resolve();
      });
    set.add(done);
    metrics?.push_under_way.set(notices.size);
  }

  async function finish(notice: Notice, claim: string, what: Omit<Settlement, keyof RowKey>): Promise<void> {
    const { device, conversation, seq } = notice;
    const settlement = { device, conversation, seq, ...what };
    // What was sent and cannot be written down would be unknown.
    for (let failures = 0; ; failures++)
      try {
        await settle({ claim, settlement });
        break;
      } catch (error) {
        if (failures >= MOST_SETTLING || cutting.signal.aborted) throw error;
        await timer(SETTLE_AGAIN_MS * 2 ** failures);
      }
    if (what.state === 'waiting') return;
    metrics?.push_outcomes_total.labels(what.via ?? 'none', what.state).inc();
    if (what.state === 'pushed')
      metrics?.push_wait_seconds.observe(Math.max(0, clock.now() - notice.createdAt) / 1_000);
  }

  async function see(
    notice: Notice,
    claim: string,
    decided: Promise<Awaited<ReturnType<Composing['decide']>>>,
  ) {
    const { attempts } = notice;
    let decision: Decision;
    try {
      decision = (await decided).get(notice)!;
    } catch (error) {
      logger.warn({ err: error }, 'what to notify of could not be read: tried again');
      decision = { do: 'wait', until: clock.now() + RETRY_MS };
    }
    if (decision.do === 'end')
      return finish(notice, claim, {
        state: decision.state,
        reason: decision.reason,
        dueAt: null,
        via: null,
        attempts,
      });
    if (decision.do === 'wait')
      return finish(notice, claim, {
        ...{ state: 'waiting', dueAt: decision.until, via: null, reason: null, attempts },
      });
    const tried = await attempting.send(
      notice,
      decision.routes,
      decision.notification,
      () => begin({ claim, key: notice }),
      cutting.signal,
    );
    if (tried !== null) await finish(notice, claim, tried);
  }

  /** How many events and notifications were claimed. */
  async function round(): Promise<number> {
    const now = clock.now();
    // One of its own each time: a claim whose lease is over is not ours any more, though we claim the same again.
    const claim = randomUUID();
    let claimed = 0;
    if (events.size < EVENTS_AT_ONCE) {
      const at = { now, leaseUntil: now + audience.leaseMs };
      for (const event of await store.claimEvents(claim, at, EVENTS_AT_ONCE - events.size)) {
        claimed++;
        under(events, audience.consider(event, claim, stopping.signal));
      }
    }
    const room = settings.atOnce - notices.size;
    if (room > 0) {
      const found = await store.claim(claim, { now, leaseUntil: now + leaseMs }, room);
      claimed += found.length;
      if (found.length > 0) {
        const decided = composing.decide(found);
        // Each of them says so.
        decided.catch(() => {});
        for (const notice of found) under(notices, see(notice, claim, decided));
      }
    }
    return claimed;
  }

  async function sweep(): Promise<void> {
    const now = clock.now();
    if (now - sweptAt < SWEEP_MS) return;
    while ((await store.sweep(now - settings.ledgerMs, SWEEP_ROWS)) === SWEEP_ROWS);
    metrics?.push_queue_length.set(await store.queued(MOST_QUEUED));
    sweptAt = now;
  }

  async function giveUp(): Promise<void> {
    const count = await store.giveUpSending(clock.now());
    if (count === 0) return;
    logger.warn(
      { count },
      'a worker ended while it was sending: what became of these notifications is unknown',
    );
    metrics?.push_outcomes_total.labels('none', 'unknown').inc(count);
  }

  function pauseUntil(due: number | null): number {
    if (due === null) return LOOK_MS;
    const ms = due - clock.now();
    // Due and not to be had: all hands are full, and wake us when one is not.
    if (ms <= 0 && notices.size + events.size > 0) return LOOK_MS;
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
        await giveUp();
        const claimed = await round();
        if (claimed > 0 && notices.size < settings.atOnce / 2) continue;
        pause = claimed > 0 ? LOOK_MS : pauseUntil(await store.nextDue());
      } catch (error) {
        logger.warn({ err: error }, 'the outbox of push could not be read: tried again');
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
      await within(Promise.all([...events, ...notices]), GRACE_MS);
      cutting.abort();
      await Promise.all([...events, ...notices]);
    },
  };
}

const nameOf = ({ device, conversation, seq }: RowKey) => `${device} ${conversation} ${seq}`;
