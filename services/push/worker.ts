import { randomUUID } from 'node:crypto';
import { setTimeout as timer } from 'node:timers/promises';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logging.ts';
import type { Metrics } from '../../platform/metrics.ts';
import { WorkLoop } from '../../platform/work-loop.ts';
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
  const counts = { events: 0, notices: 0 };
  let sweptAt = Number.NEGATIVE_INFINITY;
  const loop = new WorkLoop({
    round,
    lookMs: LOOK_MS,
    retryMs: RETRY_MS,
    onFailure: (error) => logger.warn({ err: error }, 'the outbox of push could not be read: tried again'),
  });

  const settle = together<{ claim: string; settlement: Settlement }, void>(async (items) => {
    for (const [claim, some] of Map.groupBy(items, (item) => item.claim))
      await store.settle(
        claim,
        some.map(({ settlement }) => settlement),
        clock.now(),
      );
    return items.map(() => undefined);
  }, 200);

  const mark = together<{ claim: string; key: RowKey }, boolean>(async (items) => {
    const begun = new Set<string>();
    for (const [claim, some] of Map.groupBy(items, (item) => item.claim)) {
      const keys = some.map(({ key }) => key);
      for (const key of await store.begin(claim, keys, clock.now() + leaseMs)) begun.add(nameOf(key));
    }
    return items.map(({ key }) => begun.has(nameOf(key)));
  }, 200);

  function begin(what: keyof typeof counts, doing: Promise<void>): void {
    const done = doing.catch((error: unknown) => {
      // Its lease ends: what had not begun comes again.
      logger.warn({ err: error }, 'a notification could not be seen to: again when its lease is over');
    });
    count(what, 1);
    loop.begin(done, () => {
      count(what, -1);
      // A few at a time, so that they are asked about together.
      if (counts.notices <= settings.atOnce / 2) loop.wake();
    });
  }

  function count(what: keyof typeof counts, more: 1 | -1): void {
    counts[what] += more;
    metrics?.push_under_way.set(counts.notices);
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
        if (failures >= MOST_SETTLING || loop.cutting.aborted) throw error;
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
      () => mark({ claim, key: notice }),
      loop.cutting,
    );
    if (tried !== null) await finish(notice, claim, tried);
  }

  /** How long there is nothing to do, milliseconds. */
  async function round(): Promise<number> {
    await sweep();
    await giveUp();
    const claimed = await claim();
    if (claimed > 0) return counts.notices < settings.atOnce / 2 ? 0 : LOOK_MS;
    const due = await store.nextDue();
    const ms = due === null ? LOOK_MS : due - clock.now();
    // Due and not to be had: all hands are full, and wake us when one is not.
    return ms <= 0 && loop.size > 0 ? LOOK_MS : Math.max(ms, 1);
  }

  /** How many events and notifications were claimed. */
  async function claim(): Promise<number> {
    const now = clock.now();
    // One of its own each time: a claim whose lease is over is not ours any more, though we claim the same again.
    const claim = randomUUID();
    let claimed = 0;
    if (counts.events < EVENTS_AT_ONCE) {
      const at = { now, leaseUntil: now + audience.leaseMs };
      for (const event of await store.claimEvents(claim, at, EVENTS_AT_ONCE - counts.events)) {
        claimed++;
        begin('events', audience.consider(event, claim, loop.stopping));
      }
    }
    const room = settings.atOnce - counts.notices;
    if (room > 0) {
      const found = await store.claim(claim, { now, leaseUntil: now + leaseMs }, room);
      claimed += found.length;
      if (found.length > 0) {
        const decided = composing.decide(found);
        // Each of them says so.
        decided.catch(() => {});
        for (const notice of found) begin('notices', see(notice, claim, decided));
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

const nameOf = ({ device, conversation, seq }: RowKey) => `${device} ${conversation} ${seq}`;
