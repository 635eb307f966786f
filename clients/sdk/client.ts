import mqtt, { type MqttClient } from 'mqtt';
import { uuidv7 } from 'uuidv7';
import { type ChangeType, type CommandOf, type QueryType, VERSION } from '../../protocol/commands.ts';
import type { AnyEvent, PresencePayload, Receipt, TypingPayload } from '../../protocol/events.ts';
import { parseTopic, topics } from '../../protocol/topics.ts';
import { Emitter } from './emitter.ts';
import { Outbox } from './outbox.ts';
import { Positions } from './positions.ts';
import { RefusedError, type Session, type Sessions } from './session.ts';
import type { Storage } from './storage.ts';

export type Status = 'offline' | 'connecting' | 'online';

export interface ClientEvents extends Record<string, unknown> {
  status: Status;
  /** In order, without gaps and repeats, per stream. */
  event: AnyEvent;
  receipts: { conversation: string; receipts: Receipt[] };
  presence: PresencePayload;
  typing: TypingPayload;
  /** A change was refused after its PUBACK, or with nobody waiting for it. */
  refused: { command: string | null; error: RefusedError };
  /** The device was revoked or its tokens no longer work: log in again. */
  signedOut: undefined;
}

type Fields<T extends ChangeType | QueryType | 'receipt.read'> = Omit<CommandOf<T>, 'v' | 'id' | 'type'>;

/** A change that has been handed over. */
export interface Sent {
  id: string;
  /** Resolves at the PUBACK: durable on the server. Stays pending while offline. */
  accepted: Promise<void>;
  /** The event it made. @throws {RefusedError} */
  outcome: Promise<AnyEvent>;
}

interface Waiter {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

const QUERY_TIMEOUT_MS = 15_000;

/**
 * A Dunlin client over MQTT: connects and stays connected, sends commands, hands out events. `url` is mqtt://, mqtts://,
 * ws:// or wss://.
 */
export class DunlinClient extends Emitter<ClientEvents> {
  readonly #url: string;
  readonly #sessions: Sessions;
  readonly #outbox: Outbox;
  readonly #positions: Positions;
  readonly #waiters = new Map<string, Waiter>();
  readonly #watched = new Set<string>();
  #session: Session;
  #mqtt: MqttClient | null = null;
  #status: Status = 'offline';

  constructor(options: { url: string; session: Session; sessions: Sessions; storage: Storage }) {
    super();
    this.#url = options.url;
    this.#sessions = options.sessions;
    this.#session = options.session;
    this.#outbox = new Outbox(options.storage, this.user, (text) => this.#publish(text));
    this.#positions = new Positions(
      options.storage,
      this.user,
      (stream, after, before) => this.#fetch(stream, after, before),
      (event) => this.#deliver(event),
    );
  }

  get user(): string {
    return this.#session.user;
  }
  get device(): string {
    return this.#session.device;
  }
  get status(): Status {
    return this.#status;
  }
  /** Ids of changes that the server has not acknowledged yet. */
  get pending(): readonly string[] {
    return this.#outbox.pending;
  }

  /** Starts connecting; goes on trying, with jitter, until {@link close}. */
  async connect(): Promise<void> {
    await this.#outbox.load();
    await this.#positions.load();
    this.#setStatus('connecting');
    const client = mqtt.connect(this.#url, {
      clientId: this.#session.device,
      username: this.#session.user,
      password: this.#session.deviceToken,
      clean: false,
      keepalive: 30,
      connectTimeout: 10_000,
      // Spread, so that a restarted server is not met by everybody at once.
      reconnectPeriod: 1_000 + Math.floor(Math.random() * 2_000),
      // The outbox does this, and survives a restart.
      queueQoSZero: false,
    });
    this.#mqtt = client;
    // PUBACK only when the event is kept: what a crash takes away comes again.
    client.handleMessage = (packet, done) => {
      this.#received(packet.topic, packet.payload.toString()).then(
        () => done(),
        (error: unknown) => done(error as Error),
      );
    };
    client.on('connect', () => void this.#connected(client));
    client.on('close', () => this.#disconnected());
    client.on('error', (error) => {
      const code = (error as { code?: unknown }).code;
      // CONNACK 4 and 5 [MQTT-3.2.2-4]: the token is no longer good.
      if (code === 4 || code === 5) void this.#renew(client);
    });
  }

  /** Makes a change; works offline: it is kept and goes out with the next connection, once. */
  async change<T extends ChangeType>(type: T, fields: Fields<T>): Promise<Sent> {
    const id = uuidv7();
    let accept!: () => void;
    const accepted = new Promise<void>((resolve) => {
      accept = resolve;
    });
    const outcome = this.#wait<AnyEvent>(id);
    // A caller that only wants the id is not an unhandled rejection: it hears of it by `refused`.
    outcome.catch((error: unknown) => {
      if (error instanceof RefusedError) this.emit('refused', { command: id, error });
    });
    await this.#outbox.add(id, JSON.stringify({ v: VERSION, id, type, ...fields }), accept);
    return { id, accepted, outcome };
  }

  /** Asks. @throws {RefusedError}, or an Error when offline or unanswered */
  async query<T extends QueryType, R = unknown>(type: T, fields: Fields<T>): Promise<R> {
    if (this.#status !== 'online') throw new Error('offline');
    const id = uuidv7();
    const answer = this.#wait<R>(id);
    const timer = setTimeout(
      () => this.#settle(id, (w) => w.reject(new Error(`no answer to ${type}`))),
      QUERY_TIMEOUT_MS,
    );
    try {
      await this.#publish(JSON.stringify({ v: VERSION, id, type, ...fields }));
      return await answer;
    } catch (error) {
      this.#settle(id, (w) => w.reject(error as Error));
      answer.catch(() => {});
      throw error;
    } finally {
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
    if (this.#status !== 'online') return;
    this.#mqtt?.publish(topics.typing(conversation), JSON.stringify({ v: VERSION, type: 'typing', active }), {
      qos: 0,
    });
  }

  /** Follows a user's presence, or a conversation's typing, now and after every reconnect. */
  watch(what: { presence: string } | { typing: string }): void {
    const topic = 'presence' in what ? topics.presence(what.presence) : topics.typing(what.typing);
    if (this.#watched.has(topic)) return;
    this.#watched.add(topic);
    if (this.#status === 'online') this.#mqtt?.subscribe(topic, { qos: 0 }, () => {});
  }

  async close(): Promise<void> {
    this.#outbox.offline();
    const client = this.#mqtt;
    this.#mqtt = null;
    await client?.endAsync();
    this.#setStatus('offline');
  }

  async #connected(client: MqttClient): Promise<void> {
    const own = [topics.inbox(this.user), topics.deviceInbox(this.user, this.device)];
    try {
      await client.subscribeAsync(own, { qos: 1 });
    } catch {
      return; // the connection went away again; the next one comes here again
    }
    for (const topic of this.#watched) client.subscribe(topic, { qos: 0 }, () => {});
    this.#setStatus('online');
    this.#outbox.online();
    void this.#sync().catch(() => {});
  }

  #disconnected(): void {
    this.#outbox.offline();
    if (this.#mqtt !== null) this.#setStatus('connecting');
  }

  async #renew(client: MqttClient): Promise<void> {
    try {
      this.#session = await this.#sessions.refresh(this.#session);
      client.options.password = this.#session.deviceToken;
    } catch (error) {
      if (!(error instanceof RefusedError) || error.refusal.retry) return; // unreachable: keep trying
      await this.close();
      this.emit('signedOut', undefined);
    }
  }

  /** Compares every conversation's head with the position here. */
  async #sync(): Promise<void> {
    let cursor: string | undefined;
    do {
      const page: { conversations: { id: string; head: number }[]; next?: string | null } = await this.query(
        'conversations.list',
        { limit: 200, ...(cursor === undefined ? {} : { cursor }) },
      );
      for (const { id, head } of page.conversations) await this.#positions.catchUp(id, head);
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
  }

  async #fetch(stream: string, after: number, before: number): Promise<AnyEvent[]> {
    if (stream === this.user || stream === this.device) return []; // own streams come by the inbox alone
    const events: AnyEvent[] = [];
    for (let from = after; from < before - 1; ) {
      const page: { events: AnyEvent[] } = await this.query('messages.list', {
        conversation: stream,
        after: from,
        limit: 200,
      });
      if (page.events.length === 0) break;
      events.push(...page.events.filter((event) => event.seq < before));
      from = page.events.at(-1)!.seq;
    }
    return events;
  }

  async #received(topic: string, text: string): Promise<void> {
    const parsed = parseTopic(topic);
    let payload: { type?: string; seq?: number };
    try {
      payload = JSON.parse(text) as { type?: string; seq?: number };
    } catch {
      return; // not of this contract
    }
    if (parsed?.kind === 'presence') return this.emit('presence', payload as PresencePayload);
    if (parsed?.kind === 'typing') return this.emit('typing', payload as TypingPayload);
    if (payload.seq !== undefined) return this.#positions.take(payload as AnyEvent);
    if (payload.type === 'receipts')
      return this.emit('receipts', payload as unknown as ClientEvents['receipts']);
    if (payload.type === 'result') {
      const { command, result } = payload as unknown as { command: string; result: unknown };
      this.#settle(command, (w) => w.resolve(result));
    }
    if (payload.type === 'refused')
      this.#refused(payload as unknown as { command: string | null; error: RefusedError['refusal'] });
  }

  #deliver(event: AnyEvent): void {
    if (event.type === 'refused') this.#refused(event as { command: string; error: RefusedError['refusal'] });
    else this.#settle(event.id, (w) => w.resolve(event));
    this.emit('event', event);
  }

  #refused(notice: { command: string | null; error: RefusedError['refusal'] }): void {
    const error = new RefusedError(notice.error);
    const waited = notice.command !== null && this.#settle(notice.command, (w) => w.reject(error));
    if (!waited) this.emit('refused', { command: notice.command, error });
  }

  #wait<R>(id: string): Promise<R> {
    return new Promise<R>((resolve, reject) =>
      this.#waiters.set(id, { resolve: resolve as (value: unknown) => void, reject }),
    );
  }

  #settle(id: string, how: (waiter: Waiter) => void): boolean {
    const waiter = this.#waiters.get(id);
    if (waiter === undefined) return false;
    this.#waiters.delete(id);
    how(waiter);
    return true;
  }

  async #publish(text: string): Promise<void> {
    if (this.#mqtt === null || this.#status !== 'online') throw new Error('offline');
    await this.#mqtt.publishAsync(topics.outbox(this.user), text, { qos: 1 });
  }

  #setStatus(status: Status): void {
    if (status === this.#status) return;
    this.#status = status;
    this.emit('status', status);
  }
}
