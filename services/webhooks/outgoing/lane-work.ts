import { randomUUID } from 'node:crypto';
import type { Clock } from '../../../platform/clock.ts';
import type { Metrics } from '../../../platform/metrics.ts';
import type { Outbound } from '../../../platform/outbound/outbound.ts';
import { backoff } from '../../../platform/outbound/retrying.ts';
import type { History, StoredEvent } from '../../messages/history.ts';
import type { WebhookSettings } from '../settings.ts';
import { type Attempt, attempt } from './attempt.ts';
import type { Owners } from './owners.ts';
import type { PauseWebhook } from './pausing.ts';
import type { Replies } from './replies.ts';
import type { DeadLetter, Lane, Webhook, WebhookStore } from './store.ts';

export interface LaneWorkParts {
  store: WebhookStore;
  history: Pick<History, 'read'>;
  outbound: Pick<Outbound, 'request'>;
  owners: Owners;
  replies: Replies;
  pause: PauseWebhook;
  settings: WebhookSettings;
  clock: Clock;
  metrics?: Pick<Metrics, 'webhook_attempts_total' | 'webhook_seconds'>;
}

/** What becomes of what was claimed. `claim` is whose hands it is in; `signal` ends what is under way. */
export interface LaneWork {
  /** Tells what there is of a lane, in order, for a while, and lets go of it. */
  lane(lane: Lane, claim: string, signal: AbortSignal): Promise<void>;
  /** Tells once more of what was given up. */
  letter(letter: DeadLetter, signal: AbortSignal): Promise<void>;
  /** How long a claim goes without a sign of life, milliseconds. */
  readonly leaseMs: number;
}

type Failed = Extract<Attempt, { ok: false }>;

/** Events of one lane before another lane has its turn. */
const TURN = 20;
const PAGE = 50;
const PAGE_BYTES = 512 * 1024;
/** Between the end of an attempt and the end of a lease: for what is written then. */
const MARGIN_MS = 30_000;
/** How long something waits that cannot be told for now. */
const LATER_MS = 60_000;

export function createLaneWork(parts: LaneWorkParts): LaneWork {
  const { store, history, outbound, owners, replies, pause, settings, clock, metrics } = parts;
  const leaseMs = settings.timeoutMs + MARGIN_MS;
  const wait = (failures: number, asked: number | null) =>
    Math.max(backoff(failures, { minMs: settings.retryMinMs, maxMs: settings.retryMaxMs }), asked ?? 0);

  /** Null: the turn is over, and the lane has been let go of. */
  async function step(
    webhook: Webhook,
    isBot: boolean,
    lane: Lane,
    claim: string,
    signal: AbortSignal,
  ): Promise<Lane | null> {
    const letGo = async (attempts: number, dueAt: number) => {
      await store.releaseLane(lane, claim, attempts, dueAt);
      return null;
    };
    const pass = (done: number) => store.advanceLane(lane, claim, done, clock.now() + leaseMs);
    if (lane.done >= lane.last || signal.aborted) return letGo(lane.attempts, clock.now());

    const { event, behind } = await nextEvent(webhook, isBot, lane);
    if (event === null) return pass(behind);
    switch (await owners.right(webhook, isBot, lane.stream, event.seq)) {
      case 'skip':
        return pass(event.seq);
      case 'later':
        return letGo(lane.attempts, clock.now() + LATER_MS);
      case 'lost':
        // Of one of many conversations nothing is kept back for the day when the bot is in it again.
        if (webhook.conversation === null) return pass(lane.last);
        await pause(webhook, 'right_lost');
        return letGo(lane.attempts, clock.now());
    }

    const begun = clock.now();
    const result = await tell(webhook, event, signal);
    if (result.ok) {
      await store.noteSuccess(webhook.id);
      if (isBot && result.json && event.type === 'message' && !(await owners.isBot(event.sender.user)))
        await replies.say(webhook, event, result.body);
      return pass(event.seq);
    }
    // Told to stop: it was nobody's failure.
    if (signal.aborted) return letGo(lane.attempts, clock.now());
    const attempts = lane.attempts + 1;
    await judgeEndpoint(webhook, result, begun);
    if (attempts >= settings.attempts && !result.gone) {
      await giveUp(webhook, event, attempts, result);
      const next = await pass(event.seq);
      if (next !== null) await store.releaseLane(next, claim, 0, clock.now());
      return null;
    }
    return letGo(attempts, clock.now() + wait(attempts, result.retryAfterMs));
  }

  /** The next event that this webhook is told of; or none up to `behind`. */
  async function nextEvent(
    { events, owner }: Webhook,
    isBot: boolean,
    { stream, done, last }: Lane,
  ): Promise<{ event: StoredEvent | null; behind: number }> {
    const page = (await history.read(stream, done, PAGE, PAGE_BYTES)).filter(({ seq }) => seq <= last);
    const types: readonly string[] = events;
    // A bot that answers need not be told of its own answers.
    const event = page.find(({ type, sender }) => types.includes(type) && !(isBot && sender.user === owner));
    return { event: event ?? null, behind: page.at(-1)?.seq ?? last };
  }

  async function tell(webhook: Webhook, event: StoredEvent, signal: AbortSignal): Promise<Attempt> {
    const start = performance.now();
    const result = await attempt(outbound, webhook, event, {
      ...{ now: clock.now(), timeoutMs: settings.timeoutMs, signal },
    });
    metrics?.webhook_seconds.observe((performance.now() - start) / 1_000);
    metrics?.webhook_attempts_total.labels(result.ok ? 'delivered' : result.reason).inc();
    return result;
  }

  async function judgeEndpoint(webhook: Webhook, result: Failed, begun: number): Promise<void> {
    if (result.gone) return pause(webhook, 'gone');
    if (!result.endpoint) return;
    const now = clock.now();
    const notBefore = now + wait(webhook.failures + 1, result.retryAfterMs);
    await store.noteFailure(webhook.id, { begun, now, notBefore });
    const { failingSince } = webhook;
    if (failingSince !== null && now - failingSince >= settings.pauseAfterMs) await pause(webhook, 'failing');
  }

  async function giveUp(
    { id }: Webhook,
    event: StoredEvent,
    attempts: number,
    result: Failed,
  ): Promise<void> {
    const { stream, seq, type } = event;
    metrics?.webhook_attempts_total.labels('given_up').inc();
    await store.addFailure(
      {
        ...{ id: randomUUID(), webhook: id, stream, seq, type, attempts },
        ...{ status: result.status, reason: result.reason, failedAt: clock.now(), replaying: false },
      },
      settings.failuresKept,
    );
  }

  return {
    leaseMs,

    async lane(claimed, claim, signal) {
      let lane: Lane | null = claimed;
      const isBot = await store.webhook(lane.webhook).then((one) => one !== null && owners.isBot(one.owner));
      for (let turn = 0; lane !== null; turn++) {
        // Asked each time: its owner may have paused or changed it a moment ago.
        const webhook = await store.webhook(lane.webhook);
        // Its lanes went with it.
        if (webhook === null) return;
        if (webhook.paused !== null || turn >= TURN)
          return store.releaseLane(lane, claim, lane.attempts, clock.now());
        lane = await step(webhook, isBot, lane, claim, signal);
      }
    },

    async letter(letter, signal) {
      const webhook = await store.webhook(letter.webhook);
      if (webhook === null) return;
      const { stream, seq } = letter;
      const [event] = await history.read(stream, seq - 1, 1, PAGE_BYTES);
      const isBot = await owners.isBot(webhook.owner);
      const right = event === undefined ? 'lost' : await owners.right(webhook, isBot, stream, seq);
      // Its lease ends, and it is asked for again.
      if (right === 'later') return;
      if (event === undefined || right !== 'may') return store.removeFailure(letter.id);
      const result = await tell(webhook, event, signal);
      if (signal.aborted) return;
      if (result.ok) return store.removeFailure(letter.id);
      await giveUp(webhook, event, letter.attempts + 1, result);
    },
  };
}
