import type { ConversationEventType } from '../../../protocol/events.ts';

/**
 * Why nothing is sent: its owner said so; it failed for long; the receiver said that it is gone (410); its owner may not read the conversation any
 * more.
 */
export type Pause = 'owner' | 'failing' | 'gone' | 'right_lost';

/** Whom to tell of what happens in a conversation, or in all of a bot's. */
export interface Webhook {
  id: string;
  owner: string;
  /** Null: all conversations of its owner, who is a bot. */
  conversation: string | null;
  url: string;
  events: ConversationEventType[];
  /** As it was shown: `whsec_` and base64. It signs, so it cannot be kept as a hash. */
  secret: string;
  /** The one before, with which everything is signed as well until then. */
  formerSecret: { secret: string; until: number } | null;
  paused: Pause | null;
  /** Attempts that failed one after the other for reasons of the endpoint. */
  failures: number;
  /** When the first of them was; null: the last attempt succeeded, or there was none. */
  failingSince: number | null;
  createdAt: number;
}

export type WebhookChanges = Partial<Pick<Webhook, 'url' | 'events' | 'secret' | 'formerSecret' | 'paused'>>;

/** A webhook that hears of a stream. */
export interface Listening {
  webhook: string;
  stream: string;
  owner: string;
  events: readonly string[];
}

/**
 * What one webhook has to be told of one stream: everything behind `done` up to `last`, in order. The outbox is no copy of events, but how far each
 * has been told; what to say is read from history when it is said.
 */
export interface Lane {
  webhook: string;
  stream: string;
  done: number;
  last: number;
  /** Failed attempts at the first event that is to be told. */
  attempts: number;
}

/** An event that was given up. */
export interface DeadLetter {
  id: string;
  webhook: string;
  stream: string;
  seq: number;
  type: string;
  attempts: number;
  /** The HTTP status of the last attempt; null: there was no answer. */
  status: number | null;
  /** Why, in a word. */
  reason: string;
  failedAt: number;
  /** It has been asked for again, and is under way. */
  replaying: boolean;
}

/** Port: whom to tell, how far each has been told, and what was given up. Times are milliseconds since the epoch. */
export interface WebhookStore extends WebhookLanes, WebhookFailures {
  /** `most`: of one owner. @throws {Refused} list_full */
  addWebhook(webhook: Webhook, most: number): Promise<void>;
  webhook(id: string): Promise<Webhook | null>;
  /** Oldest first. */
  webhooksOf(owner: string): Promise<Webhook[]>;
  /** Those of this conversation alone, oldest first. */
  webhooksIn(conversation: string): Promise<Webhook[]>;
  /** Absent fields stay. A change of `paused` to null forgets failures: it is tried at once. False: there is no such webhook. */
  updateWebhook(id: string, changes: WebhookChanges): Promise<boolean>;
  /** With all that it had to be told. False: there is no such webhook. */
  removeWebhook(id: string): Promise<boolean>;
  /** Is there any, paused or not? */
  hasWebhooks(): Promise<boolean>;
  /** Who hears of these streams, paused or not: those of a stream alone, and those of bots that are in it now. */
  listening(streams: readonly string[]): Promise<Listening[]>;
}

/** The outbox. A lane is worked at under a claim, by one worker at a time, for as long as its lease goes. */
export interface WebhookLanes {
  /** There is something new: from `first` where the lane is new, up to `last`. The same again changes nothing. */
  noteEvents(
    entries: readonly { webhook: string; stream: string; first: number; last: number }[],
    now: number,
  ): Promise<void>;
  /**
   * Lanes that are due, the longest waiting first: of one webhook at most `perWebhook`, of one that fails one; none of those that are paused,
   * that wait after a failure, or that are `full`; and none of those that are `atWork` here already, when they fail.
   */
  claimLanes(
    claim: string,
    at: { now: number; leaseUntil: number },
    most: { lanes: number; perWebhook: number },
    but: { full: readonly string[]; atWork: readonly string[] },
  ): Promise<Lane[]>;
  /** Everything up to and including `done` has been told; the claim goes on. Null: it has been lost, somebody else is at it. */
  advanceLane(lane: Lane, claim: string, done: number, leaseUntil: number): Promise<Lane | null>;
  /** Ends the claim. `dueAt`: when to go on, if there is anything left. */
  releaseLane(lane: Lane, claim: string, attempts: number, dueAt: number): Promise<void>;
  /**
   * The endpoint did not take it: no lane of it is claimed until `notBefore`. Of attempts that were under way together one counts: what began
   * (`begun`) before an earlier failure has its time to wait changes nothing.
   */
  noteFailure(webhook: string, at: { begun: number; now: number; notBefore: number }): Promise<void>;
  noteSuccess(webhook: string): Promise<void>;
  /** The earliest time at which something can be claimed; null: nothing waits. */
  nextDue(): Promise<number | null>;
  /** Ends all claims: where there is one worker, which has just begun. */
  forgetClaims(now: number): Promise<void>;
}

export interface WebhookFailures {
  /** One that is there already is kept as the newer one says. Of one webhook `most` are kept, the newest. */
  addFailure(letter: DeadLetter, most: number): Promise<void>;
  /** Newest first; behind `before`, when it is given. */
  failuresOf(
    webhook: string,
    before: { failedAt: number; id: string } | null,
    limit: number,
  ): Promise<DeadLetter[]>;
  /** Those of the webhook, or the ones named among them, are to be sent again. Resolves to how many. */
  replayFailures(webhook: string, ids: readonly string[] | null, now: number): Promise<number>;
  /** Of those to be sent again, as for lanes; none of a webhook that is paused. */
  claimFailures(claim: string, at: { now: number; leaseUntil: number }, most: number): Promise<DeadLetter[]>;
  removeFailure(id: string): Promise<void>;
  /** Older ones than this go, at most `limit` at once; how many went. */
  sweepFailures(before: number, limit: number): Promise<number>;
}
