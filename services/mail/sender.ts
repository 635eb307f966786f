import { randomUUID } from 'node:crypto';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logging.ts';
import type { Metrics } from '../../platform/metrics.ts';
import { TokenBuckets } from '../../platform/token-bucket.ts';
import { WorkLoop } from '../../platform/work-loop.ts';
import type { Looking } from './digest/looking.ts';
import type { Sending } from './sending.ts';
import type { MailSettings } from './settings.ts';
import { Breaker } from './smtp/breaker.ts';
import type { MailStore } from './store.ts';

/** The worker that sends. Any number of them work at one outbox, in any processes. */
export interface MailSender {
  start(): Promise<void>;
  /** There may be something to send. */
  wake(): void;
  /** Lets what is under way end, for a moment; what does not is sent again later, under the same Message-ID. */
  stop(): Promise<void>;
}

/** How often it looks without having been woken: another process may have let go of something, or written it down. */
const LOOK_MS = 2_000;
const DIGEST_MS = 30_000;
const SWEEP_MS = 600_000;
const SWEEP_ROWS = 500;
/** For how long it is known what became of a mail, and from where a device signed in. */
const KEPT_MS = 7 * 86_400_000;
const MOST_COUNTED = 1_000;
const EVERYBODY = 'all';

export function createMailSender(parts: {
  store: MailStore;
  sending: Sending;
  looking: Looking;
  settings: Pick<MailSettings, 'atOnce' | 'perMinute'>;
  clock: Clock;
  logger: Logger;
  /** Others may be at work at the same outbox. */
  shared: boolean;
  metrics?: Pick<Metrics, 'mail_waiting' | 'mail_server_up'>;
}): MailSender {
  const { store, sending, looking, settings, clock, logger, shared, metrics } = parts;
  const rate = new TokenBuckets(settings.perMinute / 60, Math.max(1, settings.perMinute), clock);
  const breaker = new Breaker();
  const loop = new WorkLoop({
    round,
    lookMs: LOOK_MS,
    retryMs: LOOK_MS,
    onFailure: (error) => logger.warn({ err: error }, 'the outbox of mails could not be read: tried again'),
  });
  /** The rate lets one go that was not there. */
  let spare = false;
  let sweptAt = Number.NEGATIVE_INFINITY;
  let lookedAt = Number.NEGATIVE_INFINITY;

  function begin(doing: Promise<void>): void {
    const done = doing.catch((error: unknown) => {
      // Its lease ends, and it is tried again.
      logger.warn({ err: error }, 'a mail could not be sent: again when its lease is over');
    });
    loop.begin(done);
  }

  async function send(item: Parameters<Sending['send']>[0], claim: string): Promise<void> {
    const result = await sending.send(item, claim, loop.cutting);
    if (result === null || loop.cutting.aborted) return;
    if (result.outcome !== 'trouble') breaker.answered();
    else {
      if (!breaker.open)
        logger.warn({ reason: result.reason }, 'the server for mails is in trouble: it is asked again later');
      breaker.failed(clock.now());
    }
    metrics?.mail_server_up.set(breaker.open ? 0 : 1);
  }

  async function round(): Promise<number> {
    await sweep();
    await lookForDigests();
    return claim();
  }

  /** How long nothing is to be claimed, milliseconds. */
  async function claim(): Promise<number> {
    const now = clock.now();
    let room = breaker.room(now, settings.atOnce, loop.size);
    if (room <= 0) return loop.size > 0 ? LOOK_MS : Math.max(breaker.wait(now), 1);
    while (room > 0) {
      const wait = spare ? 0 : rate.take(EVERYBODY);
      if (wait > 0) return wait;
      spare = true;
      // One of its own each time: a claim whose lease is over is not ours any more, though we claim the same again.
      const claim = randomUUID();
      const [item] = await store.claimMail(claim, { now, leaseUntil: now + sending.leaseMs }, 1);
      if (item === undefined) break;
      spare = false;
      begin(send(item, claim));
      room--;
    }
    if (room === 0) return LOOK_MS;
    const due = await store.nextMailDue();
    return due === null ? LOOK_MS : Math.max(due - clock.now(), 1);
  }

  async function lookForDigests(): Promise<void> {
    const now = clock.now();
    if (now - lookedAt < DIGEST_MS) return;
    // Each that was looked at has its next time: there is an end to it.
    while (!loop.stopping.aborted && (await looking.look()) > 0);
    metrics?.mail_waiting.set(await store.countWaiting(MOST_COUNTED));
    lookedAt = now;
  }

  async function sweep(): Promise<void> {
    const now = clock.now();
    if (now - sweptAt < SWEEP_MS) return;
    while ((await store.sweepMail(now - KEPT_MS, SWEEP_ROWS)) === SWEEP_ROWS);
    while ((await store.sweepMailTokens(now, SWEEP_ROWS)) === SWEEP_ROWS);
    while ((await store.sweepOrigins(now - KEPT_MS, SWEEP_ROWS)) === SWEEP_ROWS);
    sweptAt = now;
  }

  return {
    async start() {
      // Of a process that was here before and is not any more.
      if (!shared) await store.forgetMailClaims(clock.now());
      metrics?.mail_server_up.set(1);
      loop.start();
    },
    wake: () => loop.wake(),
    stop: () => loop.stop(),
  };
}
