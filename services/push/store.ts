import type { RouteKind, RouteTarget } from './sender.ts';

/** A way to a device, as it was registered. */
export interface Route {
  /** Of this registration: the same target, registered again, has another one. */
  id: string;
  target: RouteTarget;
  registeredAt: number;
}

/** The ways to one device, in the order in which they are tried. */
export interface DeviceRoutes {
  device: string;
  user: string;
  routes: Route[];
  /** X25519, base64: what it is told is sealed to it; null: it gave none. */
  key: string | null;
}

export type ToldKind = 'message' | 'mention' | 'added' | 'test';

/**
 * How far a notification is. `waiting`: to be sent, or sent again, when it is due. `sending`: an attempt is under way, or was when its worker ended.
 * Settled, for ever: `pushed`: a vendor has it. `failed`: with why. `unknown`: it may have been sent, nobody knows: it is not sent again.
 * `collapsed`: a newer one of the conversation stands for it. `cancelled`: it was received, read, deleted or muted meanwhile.
 */
export type RowState = 'waiting' | 'sending' | Settled;
export type Settled = 'pushed' | 'failed' | 'unknown' | 'collapsed' | 'cancelled';

/** An event for whose audience it has to be seen who is to be notified. */
export interface PendingEvent {
  conversation: string;
  seq: number;
  kind: 'message' | 'added';
  time: number;
  /** The last member, by id, who has been looked at; empty: nobody yet. */
  after: string;
  /** The time has passed in which connected devices acknowledge: those that did not are notified too. */
  late: boolean;
}

/** What a notification is of: there is one for each device and event. */
export interface RowKey {
  device: string;
  conversation: string;
  seq: number;
}

export interface Notice extends RowKey {
  user: string;
  kind: ToldKind;
  attempts: number;
  createdAt: number;
  expiresAt: number;
}

/** What became of a claimed one. */
export interface Settlement extends RowKey {
  /** `waiting`: again at `dueAt`, which else is null. */
  state: 'waiting' | Settled;
  dueAt: number | null;
  via: RouteKind | null;
  reason: string | null;
  attempts: number;
}

/** As the ledger has it. */
export interface LedgerEntry extends RowKey {
  user: string;
  state: RowState;
  via: RouteKind | null;
  reason: string | null;
  /** When it was settled; null: it is not yet. */
  settledAt: number | null;
}

/** Port: where devices are reached, who is to be looked at, what is to be sent, and what became of it. Times are milliseconds since the epoch. */
export interface PushStore extends PushRoutes, PushEvents, PushOutbox {}

export interface PushRoutes {
  /**
   * In place of what the device had. Another device that had one of these targets has it no more: whoever holds the phone now is told, and not who
   * held it before; `fingerprints` has one for each target that is of one device only.
   * @throws {Refused} not_found: no such device of this user, or it was revoked
   */
  putRoutes(routes: DeviceRoutes, fingerprints: ReadonlyMap<string, string>): Promise<void>;
  routesOf(devices: readonly string[]): Promise<Map<string, DeviceRoutes>>;
  /** False: it had none. */
  removeRoutes(device: string): Promise<boolean>;
  /** Takes one registration away: a newer one of the same target stays. */
  removeRoute(device: string, id: string): Promise<void>;
  /** Who of these can be reached at all. */
  reachable(users: readonly string[]): Promise<Set<string>>;
  hasRoutes(): Promise<boolean>;
}

export interface PushEvents {
  /** The same again changes nothing. */
  noteEvents(events: readonly Omit<PendingEvent, 'after'>[], dueAt: number): Promise<void>;
  /** Those that are due, oldest first. `newer`: a newer message of the same conversation waits as well. */
  claimEvents(
    claim: string,
    at: { now: number; leaseUntil: number },
    most: number,
  ): Promise<(PendingEvent & { newer: boolean })[]>;
  /** Everybody up to `after` has been looked at. False: the claim was lost. */
  advanceEvent(
    event: Pick<PendingEvent, 'conversation' | 'seq'>,
    claim: string,
    after: string,
    leaseUntil: number,
  ): Promise<boolean>;
  /** Everybody has been looked at: it goes, or, with `lateAt`, comes once more then. */
  finishEvent(
    event: Pick<PendingEvent, 'conversation' | 'seq'>,
    claim: string,
    lateAt: number | null,
  ): Promise<void>;
  /** To be claimed again at `dueAt`. */
  releaseEvent(
    event: Pick<PendingEvent, 'conversation' | 'seq'>,
    claim: string,
    dueAt: number,
  ): Promise<void>;
}

export interface PushOutbox {
  /**
   * One for each device of these users that can be reached. What is there already stays as it is, whatever became of it; older ones of the
   * conversation that nobody has begun to send are collapsed (a mention only by a mention), and one that a newer one stands for already is
   * not added. Resolves to how many were added.
   */
  enqueue(
    notice: Pick<Notice, 'conversation' | 'seq' | 'kind' | 'createdAt' | 'expiresAt'>,
    users: readonly string[],
    dueAt: number,
  ): Promise<number>;
  /** For one device, whoever its user is. False: there is one already. */
  enqueueOne(notice: Omit<Notice, 'attempts'>, dueAt: number): Promise<boolean>;
  /** Those that are due, the longest waiting first. Each is claimed by one worker, for as long as the lease goes. */
  claim(claim: string, at: { now: number; leaseUntil: number }, most: number): Promise<Notice[]>;
  /**
   * From now on it counts as sent: if nothing is heard of it, it is not sent again. Resolves to those that are still under the claim; the others
   * must not be sent.
   */
  begin(claim: string, keys: readonly RowKey[], leaseUntil: number): Promise<RowKey[]>;
  /** Only what is still under the claim. */
  settle(claim: string, settlements: readonly Settlement[], now: number): Promise<void>;
  /** Of what was being sent when its worker ended nobody knows what became. Resolves to how many. */
  giveUpSending(now: number): Promise<number>;
  /** Ends all claims, where there is one worker, which has just begun: see {@link giveUpSending}. */
  forgetClaims(now: number): Promise<void>;
  /** The earliest time at which anything can be claimed, events too; null: nothing waits. */
  nextDue(): Promise<number | null>;
  /** Not settled yet; counted to `most`. */
  queued(most: number): Promise<number>;

  /** Of these users: what concerns this message, or a newer one of the conversation that may stand for it; ascending by seq. */
  ledger(conversation: string, seq: number, users: readonly string[]): Promise<LedgerEntry[]>;
  /** The newest of a device, whatever it is of; null: none. */
  lastOf(device: string): Promise<LedgerEntry | null>;
  /** Settled ones older than this go, at most `limit` at once; how many went. */
  sweep(before: number, limit: number): Promise<number>;
}
