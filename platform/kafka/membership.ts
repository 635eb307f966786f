import { setTimeout as pause } from 'node:timers/promises';
import { type Connection, Consumer, heartbeatV4, offsetCommitV8 } from '@platformatic/kafka';
import { Refused } from '../../protocol/errors.ts';
import { within } from '../within.ts';
import { ISOLATION, type Kafka, type Topic } from './kafka.ts';
import { isFenced, unlessStopped } from './trouble.ts';

export interface MembershipParts {
  /** Milliseconds without a heartbeat after which the group gives our partitions to others. */
  sessionTimeoutMs: number;
  /**
   * The partitions are about to be dealt anew: those of before are ours until this resolves, and for no longer than it is given
   * (milliseconds).
   */
  onRevoking(forMs: number): Promise<void>;
  /** We have no partition any more, and others may have had them for a while already. */
  onLost(): void;
  /** The partitions are dealt. `continued`: what was ours before and is now has been nobody else's in between. */
  onAssigned(partitions: number[], continued: boolean): void;
  /** It is known anew that we are a member. */
  onFresh(): void;
  /** Told each time joining or a heartbeat failed, and will be tried again. */
  onFailure(error: unknown): void;
}

/** Who we are to the group, since the partitions were dealt last. */
interface Generation {
  id: number;
  member: string;
}

/** Heartbeats a session: a lost one is made up for in time. */
const HEARTBEATS = 4;
/** Of the session, from the moment a heartbeat was sent: what is left is for a write that was begun meanwhile. */
const FRESH = 0.8;
const RETRY_MIN_MS = 200;
const RETRY_MAX_MS = 2_000;

/**
 * Being one of a group of processes of which each owns some partitions of a topic.
 *
 * A process that was stopped for a while (SIGSTOP, a paused machine) wakes up believing what it believed before. So ownership is
 * not a state but a matter of time: it holds for a part of the session timeout from when the last answered heartbeat was *sent*, by a clock
 * that goes on meanwhile; the group gives our partitions away no earlier than a whole session timeout after it has received it.
 */
export class Membership {
  readonly #kafka: Kafka;
  readonly #topic: Topic;
  readonly #group: string;
  readonly #parts: MembershipParts;
  readonly #client: Consumer;
  readonly #stopping = new AbortController();
  #generation: Generation | null = null;
  /** The generation before the one that is being dealt. */
  #before: Generation | null = null;
  #sentAt = Number.NEGATIVE_INFINITY;
  #freshSince = Number.NEGATIVE_INFINITY;
  #joining: Promise<void> | null = null;

  constructor(kafka: Kafka, topic: Topic, group: string, parts: MembershipParts) {
    this.#kafka = kafka;
    this.#topic = topic;
    this.#group = group;
    this.#parts = parts;
    const { sessionTimeoutMs } = parts;
    this.#client = new Consumer({
      ...kafka.client(),
      groupId: group,
      isolationLevel: ISOLATION,
      sessionTimeout: sessionTimeoutMs,
      // Joining waits for all the others, for as long as this.
      rebalanceTimeout: sessionTimeoutMs,
      requestTimeout: sessionTimeoutMs + kafka.deadlineMs,
      heartbeatInterval: sessionTimeoutMs / HEARTBEATS,
      // The one place where the client waits for us before it joins anew.
      protocolsMetadata: async () => {
        await this.#leaveGeneration();
        return Buffer.alloc(0);
      },
    });
    this.#client.topics.track(topic.name);
    this.#client.on('error', (error) => {
      this.#parts.onFailure(error);
      // It joins anew by itself once; what fails then is left to us.
      this.#join();
    });
    this.#client.on('consumer:group:join', ({ assignments = [], generationId, memberId }) => {
      const partitions = assignments.find((one) => one.topic === topic.name)?.partitions ?? [];
      void this.#joined({ id: generationId!, member: memberId }, partitions);
    });
    this.#client.on('consumer:heartbeat:start', () => {
      this.#sentAt = performance.now();
    });
    this.#client.on('consumer:heartbeat:end', (beat) => {
      if (beat?.generationId === this.#generation?.id) this.#refresh(this.#sentAt);
    });
    this.#client.on('consumer:heartbeat:error', ({ error }) => parts.onFailure(error));
  }

  /** Begins to join, and goes on until {@link stop}. */
  start(): void {
    this.#join();
  }

  /** Milliseconds for which the partitions are ours for certain; 0: they may be somebody else's. */
  get certainForMs(): number {
    if (this.#generation === null) return 0;
    const until = this.#freshSince + this.#parts.sessionTimeoutMs * FRESH;
    return Math.max(0, until - performance.now());
  }

  /** The committed positions of these partitions; those without one are absent. @throws {Refused} unavailable */
  async committed(partitions: number[]): Promise<Map<number, bigint>> {
    const { name: topic } = this.#topic;
    const found = await this.#call(() =>
      this.#client.listCommittedOffsets({ topics: [{ topic, partitions }] }),
    );
    const committed = new Map<number, bigint>();
    for (const partition of partitions) {
      const offset = found.get(topic)?.[partition];
      if (offset !== undefined && offset >= 0n) committed.set(partition, offset);
    }
    return committed;
  }

  /**
   * Commits as the member that we are now, of this generation and no later one: the group refuses it when it has gone on without us.
   * @throws {Refused} unavailable
   */
  async commit(offsets: Map<number, bigint>): Promise<void> {
    const { engine } = this.#kafka;
    const generation = this.#generation;
    if (generation === null || this.certainForMs === 0) throw new Refused('unavailable', engine.name);
    const partitions = [...offsets].map(([partitionIndex, committedOffset]) => ({
      partitionIndex,
      committedOffset,
      committedLeaderEpoch: -1,
      committedMetadata: null,
    }));
    const topics = [{ name: this.#topic.name, partitions }];
    await this.#call(async () => {
      const connection = await this.#coordinator();
      // It may have taken a while to get there.
      if (this.#generation !== generation || this.certainForMs === 0)
        throw new Refused('unavailable', engine.name);
      await offsetCommitV8.api.async(connection, this.#group, generation.id, generation.member, null, topics);
    });
  }

  /** Leaves the group, so that others need not wait for the session to time out. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#generation = null;
    await within(Promise.allSettled([this.#client.close(true)]), this.#kafka.deadlineMs);
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  #call<T>(work: () => Promise<T>): Promise<T> {
    return this.#kafka.engine.run(() => unlessStopped(this.#stopping.signal, work));
  }

  #join(): void {
    if (this.#joining !== null || this.#stopped) return;
    this.#joining = this.#tryToJoin().finally(() => {
      this.#joining = null;
    });
  }

  async #tryToJoin(): Promise<void> {
    for (let failures = 0; !this.#stopped; failures++) {
      if (failures > 0) {
        const wait = Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** (failures - 1));
        await pause(wait, undefined, { signal: this.#stopping.signal }).catch(() => {});
        if (this.#stopped) return;
      }
      try {
        await this.#client.joinGroup();
        return;
      } catch (error) {
        this.#client.clearMetadata();
        if (!isFenced(error)) this.#parts.onFailure(error);
      }
    }
  }

  async #leaveGeneration(): Promise<void> {
    // A client without a member id has been told that it is none: it is too late to finish anything.
    const certain = this.#client.memberId === null ? 0 : this.certainForMs;
    if (certain > 0) await within(this.#parts.onRevoking(certain), certain);
    const leaving = this.#generation;
    this.#generation = null;
    if (leaving !== null) this.#before = leaving;
    if (this.#before !== null && this.#client.memberId !== this.#before.member) this.#lose();
  }

  #lose(): void {
    this.#before = null;
    this.#parts.onLost();
  }

  async #joined(generation: Generation, partitions: number[]): Promise<void> {
    if (this.#stopped) return;
    const before = this.#before;
    this.#before = null;
    const continued =
      before !== null && before.member === generation.member && generation.id === before.id + 1;
    this.#generation = generation;
    // The answer may have waited for us: we may have been stopped since. A question that we ask now tells.
    this.#freshSince = Number.NEGATIVE_INFINITY;
    this.#parts.onAssigned(partitions, continued);
    const sentAt = performance.now();
    try {
      await this.#call(async () => {
        const connection = await this.#coordinator();
        await heartbeatV4.api.async(connection, this.#group, generation.id, generation.member, null);
      });
      if (this.#generation === generation) this.#refresh(sentAt);
    } catch (error) {
      // The client's own heartbeats go on and find out the same.
      if (!isFenced(error)) this.#parts.onFailure(error);
    }
  }

  #refresh(sentAt: number): void {
    if (this.#generation === null || sentAt <= this.#freshSince) return;
    this.#freshSince = sentAt;
    this.#parts.onFresh();
  }

  async #coordinator(): Promise<Connection> {
    const id = await this.#client.findGroupCoordinator();
    const connections = await this.#client.connectToBrokers([id]);
    const connection = connections.get(id);
    if (connection === undefined) throw new Refused('unavailable', this.#kafka.engine.name);
    return connection;
  }
}
