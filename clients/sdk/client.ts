import { uuidv7 } from 'uuidv7';
import type { ChangeType, QueryType } from '../../protocol/commands.ts';
import type { AnyEvent, PresencePayload, TypingPayload } from '../../protocol/events.ts';
import { parseTopic, topics } from '../../protocol/topics.ts';
import { VERSION } from '../../protocol/version.ts';
import type { AnswerOf } from './answers.ts';
import { between, list } from './catching-up.ts';
import type { ClientEvents, Status } from './client-events.ts';
import { checkSize } from './command-size.ts';
import { Connection } from './connection.ts';
import { Emitter } from './emitter.ts';
import type { Fields, Sent } from './exchange.ts';
import { type Lock, noLock } from './lock.ts';
import { Outbox } from './outbox.ts';
import { type Keep, Positions } from './positions.ts';
import { RefusedError, type Session, type Sessions } from './session.ts';
import type { Storage } from './storage.ts';
import type { Transport, TransportListener } from './transport.ts';
import { Waiters } from './waiters.ts';

export interface ClientOptions {
  /** mqtt://, mqtts://, ws:// or wss:// */
  url: string;
  session: Session;
  sessions: Sessions;
  storage: Storage;
  /** The least time between two attempts to connect, milliseconds; it is up to three times as long. */
  reconnectMs?: number;
  /** Where other tabs or processes may have this device too: only the one that has the lock connects. */
  lock?: Lock;
  /** In place of MQTT.js: for tests, and for those who bring a connection of their own. */
  transport?: (listener: TransportListener) => Transport;
}

const QUERY_TIMEOUT_MS = 15_000;

/**
 * A Dunlin client over MQTT: connects and stays connected, sends commands, hands out events. `url` is mqtt://, mqtts://,
 * ws:// or wss://.
 */
export class DunlinClient extends Emitter<ClientEvents> {
  readonly #connection: Transport;
  readonly #lock: Lock;
  readonly #outbox: Outbox;
  readonly #positions: Positions;
  readonly #waiters = new Waiters();
  /** What ends each query that waits for its answer. */
  readonly #asking = new Set<(error: Error) => void>();
  #status: Status = 'offline';
  #open = false;
  /** Ends the wait for the lock. */
  #standby: AbortController | null = null;
  #release: () => void = () => {};

  constructor(options: ClientOptions) {
    super();
    const { url, session, sessions, storage } = options;
    this.#lock = options.lock ?? noLock;
    const listener: TransportListener = {
      online: () => this.#online(),
      offline: () => {
        this.#outbox.offline();
        this.#setStatus('connecting');
        // Their answers are lost with the connection: who waits asks again over the next one, and not after a timeout.
        for (const failed of [...this.#asking]) failed(new Error('offline'));
      },
      received: (topic: string, text: string) => this.#received(topic, text),
      signedOut: () => void this.close().then(() => this.emit('signedOut', undefined)),
    };
    this.#connection =
      options.transport?.(listener) ?? new Connection(url, session, sessions, listener, options.reconnectMs);
    this.#outbox = new Outbox(storage, this.user, (text) => this.#publish(text));
    this.#positions = new Positions(
      storage,
      this.user,
      (stream, after, before) => between(this, stream, after, before),
      (event) => this.#deliver(event),
    );
  }

  get user(): string {
    return this.#connection.session.user;
  }
  get device(): string {
    return this.#connection.session.device;
  }
  get status(): Status {
    return this.#status;
  }
  /** Ids of changes that the server has not acknowledged yet. */
  get pending(): readonly string[] {
    return this.#outbox.pending;
  }

  /**
   * Starts connecting; goes on trying, with jitter, until {@link close}. With a lock that another has it resolves at once, and connects
   * when it is its turn: until then changes are kept, and what the other one receives is in the storage.
   */
  async connect(): Promise<void> {
    if (this.#open) return;
    this.#open = true;
    const standby = new AbortController();
    this.#standby = standby;
    try {
      await this.#outbox.load();
      await this.#positions.load();
    } catch (error) {
      this.#open = false;
      throw error;
    }
    const turn = this.#lock.acquire(standby.signal).then((release) => this.#myTurn(release, standby));
    if (this.#lock === noLock) await turn;
    else turn.catch(() => {}); // closed meanwhile
  }

  async #myTurn(release: () => void, standby: AbortController): Promise<void> {
    if (standby.signal.aborted) return release();
    this.#release = release;
    if (this.#lock !== noLock) {
      // The other one has gone on meanwhile.
      await this.#outbox.reload();
      await this.#positions.load();
      await this.beforeOnline();
      if (standby.signal.aborted) return;
    }
    this.#setStatus('connecting');
    this.#connection.open();
  }

  /** For what is built on this client: what to do when it becomes this one's turn to connect, before it does. */
  beforeOnline: () => Promise<void> = async () => {};

  /**
   * For what is built on this client and keeps events of its own accord: it writes them in one with the position of their stream, through
   * the `write` that it is given. It must not wait for an answer of the server, which comes behind the event. When it throws there is no
   * PUBACK, and the events are given to it again.
   */
  keepWith(keep: Keep): void {
    this.#positions.keep = keep;
  }

  /**
   * Makes a change; works offline: it is kept and goes out with the next connection, once.
   * @param id to make it again under the id that it had: the server makes one event of it
   * @throws {RefusedError} too_large: nothing was kept
   */
  async change<T extends ChangeType>(type: T, fields: Fields<T>, id = uuidv7()): Promise<Sent> {
    const text = JSON.stringify({ v: VERSION, id, type, ...fields });
    checkSize(text, fields);
    const accepted = this.#waiters.wait<void>(`accepted/${id}`);
    const outcome = this.#waiters.wait<AnyEvent>(id);
    // A caller that only wants the id is not an unhandled rejection: it hears of it by `refused`.
    accepted.catch(() => {});
    outcome.catch((error: unknown) => {
      if (error instanceof RefusedError) this.emit('refused', { command: id, error });
    });
    try {
      await this.#outbox.add(id, text, () => this.#waiters.resolve(`accepted/${id}`, undefined));
    } catch (error) {
      this.#rejectChange(id, error as Error);
      throw error;
    }
    return { id, accepted, outcome };
  }

  /** Asks. @throws {RefusedError}, or an Error when offline or unanswered */
  async query<T extends QueryType, R = AnswerOf<T>>(type: T, fields: Fields<T>): Promise<R> {
    if (this.#status !== 'online') throw new Error('offline');
    const id = uuidv7();
    const answer = this.#waiters.wait<R>(id);
    const failed = (error: Error) => void this.#waiters.reject(id, error);
    this.#asking.add(failed);
    const timer = setTimeout(() => failed(new Error(`no answer to ${type}`)), QUERY_TIMEOUT_MS);
    // Not awaited: the answer says as much as the PUBACK, and may come where that is lost.
    this.#publish(JSON.stringify({ v: VERSION, id, type, ...fields })).catch(failed);
    try {
      return await answer;
    } finally {
      this.#asking.delete(failed);
      clearTimeout(timer);
    }
  }

  /** Says that everything up to `seq` has been read. Cumulative; lost while offline, as the next one says more. */
  async read(conversation: string, seq: number): Promise<void> {
    if (this.#status !== 'online') return;
    await this.#publish(
      JSON.stringify({ v: VERSION, id: uuidv7(), type: 'receipt.read', conversation, seq }),
    );
  }

  typing(conversation: string, active: boolean): void {
    this.#connection.tell(
      topics.typing(conversation),
      JSON.stringify({ v: VERSION, type: 'typing', active }),
    );
  }

  /** Follows a user's presence, or a conversation's typing, now and after every reconnect. */
  watch(what: { presence: string } | { typing: string }): void {
    this.#connection.watch('presence' in what ? topics.presence(what.presence) : topics.typing(what.typing));
  }

  /** Ends what {@link watch} began. */
  unwatch(what: { presence: string } | { typing: string }): void {
    this.#connection.unwatch(
      'presence' in what ? topics.presence(what.presence) : topics.typing(what.typing),
    );
  }

  /** Ends the connection. What was not sent yet is kept for the next {@link connect}, of this or a later process; who waits is told. */
  async close(): Promise<void> {
    this.#open = false;
    this.#standby?.abort(new Error('closed'));
    this.#standby = null;
    this.#outbox.offline();
    await this.#connection.close();
    this.#release();
    this.#release = () => {};
    this.#waiters.rejectAll(new Error('closed'));
    this.#setStatus('offline');
  }

  /** Compares every conversation's head with the position here. */
  async #catchUp(): Promise<void> {
    await this.#positions.resume();
    await list(this, async ({ conversations, next }) => {
      this.emit('listed', { conversations, last: (next ?? null) === null });
      for (const { id, head } of conversations) await this.#positions.catchUp(id, head);
    });
  }

  #online(): void {
    this.#setStatus('online');
    this.#outbox.online();
    void this.#catchUp().catch(() => {});
  }

  async #received(topic: string, text: string): Promise<void> {
    const parsed = parseTopic(topic);
    const payload = objectIn(text);
    if (payload === null) return; // not of this contract
    if (parsed?.kind === 'presence') return this.emit('presence', payload as unknown as PresencePayload);
    if (parsed?.kind === 'typing') return this.emit('typing', payload as unknown as TypingPayload);
    if (payload.seq !== undefined) return this.#positions.take(payload as unknown as AnyEvent);
    if (payload.type === 'receipts')
      return this.emit('receipts', payload as unknown as ClientEvents['receipts']);
    if (payload.type === 'result') {
      const { command, result } = payload as unknown as { command: string; result: unknown };
      this.#outbox.settle(command);
      this.#waiters.resolve(command, result);
    }
    if (payload.type === 'refused') this.#refused(payload as unknown as Notice);
  }

  #deliver(event: AnyEvent): void {
    if (event.type === 'refused') this.#refused(event as Notice);
    else if (event.sender.user === this.user) {
      this.#outbox.settle(event.id);
      this.#waiters.resolve(event.id, event);
    }
    this.emit('event', event);
  }

  #refused({ command, error: refusal }: Notice): void {
    // For the time being: the outbox sends it again, and nobody needs to know.
    if (command !== null && this.#outbox.refuse(command, refusal)) return;
    // The connection is about to be closed, and comes back with a new one.
    if (command === null && refusal.code === 'token_expired') return;
    const error = new RefusedError(refusal);
    if (command === null || !this.#rejectChange(command, error)) this.emit('refused', { command, error });
  }

  /** True when somebody waited for it. */
  #rejectChange(id: string, error: Error): boolean {
    this.#waiters.reject(`accepted/${id}`, error);
    return this.#waiters.reject(id, error);
  }

  #publish(text: string): Promise<void> {
    return this.#connection.publish(topics.outbox(this.user), text);
  }

  #setStatus(status: Status): void {
    if (status === this.#status) return;
    this.#status = status;
    this.emit('status', status);
  }
}

interface Notice {
  command: string | null;
  error: RefusedError['refusal'];
}

function objectIn(text: string): { type?: string; seq?: number } | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}
