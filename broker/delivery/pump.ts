import type { Duplex } from 'node:stream';
import type { Client } from 'aedes';
import type { Actor } from '../../services/actor.ts';
import { type Answer, Answers, type TracedAnswer } from './answers.ts';
import type { CatchUp } from './catch-up.ts';
import { followingId, someId } from './packet-ids.ts';
import type { Position, Sent } from './position.ts';
import { writePublish } from './publish-packet.ts';
import { type Notice, noticePayload, ReceiptLane } from './receipt-lane.ts';
import { Redelivery, type Unfinished } from './redelivery.ts';
import { Routes } from './routes.ts';
import type { Session } from './sessions.ts';
import { Supply } from './supply.ts';
import type { Tail } from './tail.ts';

export interface PumpParts {
  tail: Tail;
  catchUp: CatchUp;
  window: number;
  counts: { deliveries: number; redeliveries: number; acknowledged: number };
  /** An acknowledgement moved a position's prefix over this event. */
  onAcknowledged: (sent: Sent) => void;
  onError: (error: unknown) => void;
}

/** What waits for its PUBACK. */
type InFlight = Sent | Answer | Notice;

/** Beyond the window, of what does not wait for it: then a device takes in what it is told and acknowledges none of it. */
const MOST_FIRST = 1_024;

/** Events of one stream in a row before another stream has its turn. */
const TURN = 16;

/**
 * Writes to one connected device: what lies past its positions, and answers, at most a window of them unacknowledged, and
 * nothing while its socket has no room.
 *
 * Most devices are idle most of the time: what an idle one does not need is made when it is needed.
 */
export class Pump {
  readonly actor: Actor;
  readonly client: Client;
  readonly persistent: boolean;
  readonly routes: Routes;
  readonly positions = new Map<string, Position<Pump>>();
  /**
   * `waiting` for a first subscription, `loading` where it stands, `verifying` whether its user may still get all of that, `running`;
   * `closed`: its connection ended.
   */
  state: 'waiting' | 'loading' | 'verifying' | 'running' | 'closed' = 'waiting';
  /** While it is being loaded which conversations the user is in: what joined and left meanwhile. */
  early: { stream: string; seq: number; joined: boolean }[] | null = null;
  /** Conversations whose receipts of the time that the device was away it has not been told yet: others wait for them. */
  untold: string[] | null = null;
  receiptsHeld = true;
  /**
   * Its stored cursors could not be read: it gets what is new, and nothing it acknowledges says how far it is, until they are known; see
   * {@link beginAgain}.
   */
  provisional = false;
  readonly #parts: PumpParts;
  readonly #conn: Duplex;
  readonly #supply: Supply;
  #inflight: Map<number, InFlight> | null = null;
  #redelivery: Redelivery | null = null;
  #answers: Answers | null = null;
  /** What goes ahead of everything: refusals. */
  #first: Answers<TracedAnswer> | null = null;
  #receipts: ReceiptLane | null = null;
  #nextId = someId();
  #receiptsTurn = false;
  #draining = false;
  #corked = false;

  constructor(
    client: Client,
    actor: Actor,
    persistent: boolean,
    session: Session | undefined,
    parts: PumpParts,
  ) {
    this.client = client;
    this.actor = actor;
    this.persistent = persistent;
    this.routes = new Routes(actor.user, actor.device);
    this.#parts = parts;
    this.#conn = client.conn as Duplex;
    this.#supply = new Supply(parts, this);
    if (session === undefined) return;
    if (session.unfinished.length > 0) this.#redelivery = new Redelivery(session.unfinished, parts, this);
    for (const { conversation, receipts } of session.notices) this.tell(conversation, receipts);
  }

  get closed(): boolean {
    return this.state === 'closed';
  }
  get inflight(): number {
    return this.#inflight?.size ?? 0;
  }
  get waitingAnswers(): number {
    return this.#answers?.length ?? 0;
  }
  /** The last connection left something unacknowledged. */
  get redelivers(): boolean {
    return this.#redelivery !== null;
  }
  get behind(): boolean {
    return this.#redelivery !== null || this.#supply.busy;
  }

  /** The stream may have something to send. */
  wake(position: Position): void {
    if (position.route !== null) this.#supply.wake(position);
  }

  /** Where it stands is not known: what its last connection had in flight comes as new when it is. Its answers come now. */
  beginProvisionally(): void {
    this.provisional = true;
    const answers = this.#redelivery?.rest.filter((one) => 'answer' in one) ?? [];
    this.#redelivery = answers.length === 0 ? null : new Redelivery(answers, this.#parts, this);
  }

  /** Its stored cursors are known: everything behind them is sent, also what was sent meanwhile. Sent with the next {@link run}. */
  beginAgain(cursorOf: (position: Position) => number): void {
    this.provisional = false;
    for (const position of this.positions.values()) {
      position.restart(cursorOf(position));
      this.#supply.drop(position);
      this.wake(position);
    }
  }

  /** Content of the stream was removed: what was read of it is not sent. */
  forgetPages(position: Position): void {
    this.#supply.drop(position);
    this.#redelivery?.forget(position.stream);
  }

  /** Receipts for the user; sent with the next {@link run}. */
  tell(conversation: string, receipts: Notice['receipts']): void {
    this.#receipts ??= new ReceiptLane();
    for (const receipt of receipts) this.#receipts.put(conversation, receipt);
  }

  /** False: the device has no inbox for it, or it has let too many wait and is disconnected. */
  answer(payload: Buffer): boolean {
    const route = this.routes.deviceInbox;
    if (route === null || this.state === 'closed') return false;
    this.#answers ??= new Answers();
    if (!this.#answers.push({ topic: route.topic, payload })) {
      this.client.close();
      return false;
    }
    this.run();
    return true;
  }

  /** As {@link answer}, also while it is not known yet where the device stands. `written`: see {@link TracedAnswer}; not when this is false. */
  answerFirst(payload: Buffer, written: () => void): boolean {
    const route = this.routes.deviceInbox;
    if (route === null || this.state === 'closed') return false;
    this.#first ??= new Answers();
    if (!this.#first.push({ topic: route.topic, payload, written })) {
      this.client.close();
      return false;
    }
    this.run();
    return true;
  }

  /** Resolves when another answer may wait; undefined: now. */
  room(): Promise<void> | undefined {
    return this.state === 'closed' ? undefined : this.#answers?.room();
  }

  /** True when the identifier was one of ours. `now`: milliseconds since the epoch. */
  acknowledge(packetId: number, now: number): boolean {
    const entry = this.#inflight?.get(packetId);
    if (entry === undefined) return false;
    if (this.inflight === 1) this.#inflight = null;
    else this.#inflight!.delete(packetId);
    this.#parts.counts.acknowledged++;
    if ('position' in entry) {
      const { position } = entry;
      const { clogged } = position;
      entry.acknowledged = true;
      for (let sent = position.advance(now); sent !== null; sent = position.advance(now))
        this.#parts.onAcknowledged(sent);
      if (clogged && !position.clogged) this.wake(position);
    }
    this.run();
    return true;
  }

  close(): void {
    this.state = 'closed';
    this.#answers?.close();
    for (const { written } of this.#first?.close() ?? []) written();
  }

  /** For the next connection of a persistent session; with what this connection had not got to send again yet. */
  session(): Session {
    const unfinished: Unfinished[] = [];
    const notices: Notice[] = [];
    for (const [packetId, entry] of this.#inflight ?? []) {
      // Until its cursors are known, and of before, nothing is finished by an acknowledgement.
      if ('position' in entry) {
        if (this.provisional || entry.acknowledged) continue;
        unfinished.push({ packetId, topic: entry.topic, stream: entry.position.stream, seq: entry.seq });
      } else if ('payload' in entry) unfinished.push({ packetId, answer: entry });
      else notices.push(entry);
    }
    if (this.#redelivery !== null) unfinished.push(...this.#redelivery.rest);
    return { unfinished, notices };
  }

  /** Sends what there is, as far as the window and the socket allow. */
  run(): void {
    if (this.#first !== null) this.#sendFirst(this.#first);
    if (this.state !== 'running') return;
    while (this.inflight < this.#parts.window && this.#hasRoom()) {
      if (this.#redelivery !== null) {
        if (!this.#sendAgain(this.#redelivery)) return;
      } else if (!this.#sendAnswer() && !this.#sendNext()) return;
    }
  }

  /** False: it waits for a page; this is called again when that has been read. */
  #sendAgain(redelivery: Redelivery): boolean {
    const next = redelivery.first;
    if (next === undefined) {
      this.#redelivery = null;
      return true;
    }
    if ('answer' in next) {
      this.#write(next.answer.topic, next.answer.payload, next.packetId, true);
      this.#expect(next.packetId, next.answer);
    } else {
      const position = this.positions.get(next.stream);
      // Not to be delivered any more, or acknowledged after all.
      if (position !== undefined && next.seq > position.acknowledged) {
        const event = redelivery.find(next.stream, next.seq);
        if (event === undefined) return false;
        if (event !== null) {
          // Where it was sent before: what was begun is finished, subscribed or not [MQTT-3.10.4-3].
          this.#write(next.topic, event.payload, next.packetId, true);
          this.#expect(next.packetId, position.send(next.seq, event.sender, next.topic));
          this.#parts.counts.redeliveries++;
        }
      }
    }
    redelivery.shift();
    return true;
  }

  #sendFirst(first: Answers<TracedAnswer>): void {
    const most = this.#parts.window + MOST_FIRST;
    while (this.state !== 'closed' && this.inflight < most && this.#hasRoom()) {
      const answer = first.shift();
      if (answer === undefined) return;
      const { topic, payload, written } = answer;
      this.#send(topic, payload, this.routes.deviceInbox?.qos === 0 ? null : { topic, payload });
      written();
    }
  }

  #sendAnswer(): boolean {
    const answer = this.#answers?.shift();
    if (answer === undefined) return false;
    this.#send(answer.topic, answer.payload, this.routes.deviceInbox?.qos === 0 ? null : answer);
    return true;
  }

  /** Receipts and events in turns, so that neither holds the other up. */
  #sendNext(): boolean {
    this.#receiptsTurn = !this.#receiptsTurn;
    return this.#receiptsTurn
      ? this.#sendReceipts() || this.#sendEvents()
      : this.#sendEvents() || this.#sendReceipts();
  }

  #sendReceipts(): boolean {
    const { inbox } = this.routes;
    if (this.#receipts === null || this.#receipts.empty || this.receiptsHeld || inbox === null) return false;
    const notice = this.#receipts.take();
    this.#send(inbox.topic, noticePayload(notice), inbox.qos === 0 ? null : notice);
    return true;
  }

  /** One turn of the stream that is next. False: no stream has anything, or all wait for pages. */
  #sendEvents(): boolean {
    const position = this.#supply.turn();
    if (position === null) return false;
    const { route } = position;
    for (let turn = 0; turn < TURN; turn++) {
      const seq = route === null || position.clogged ? null : position.next();
      if (route === null || seq === null) {
        this.#supply.rest(position);
        return true;
      }
      if (turn > 0 && (this.inflight >= this.#parts.window || !this.#hasRoom())) break;
      const event = this.#supply.find(position, seq);
      if (event === undefined) {
        this.#supply.read(position, seq - 1);
        return true;
      }
      this.#parts.counts.deliveries++;
      if (route.qos === 1)
        this.#send(route.topic, event.payload, position.send(seq, event.sender, route.topic));
      else {
        position.sent = seq;
        this.#send(route.topic, event.payload, null);
      }
    }
    this.#supply.requeue(position);
    return true;
  }

  /** Sends something new; `expected` null: at QoS 0, nothing waits for it. */
  #send(topic: string, payload: Buffer, expected: InFlight | null): void {
    if (expected === null) return this.#write(topic, payload, null, false);
    // None is used again while it is in flight [MQTT-2.3.1-4]; the window is far smaller than their number.
    while (this.#inflight?.has(this.#nextId) || this.#redelivery?.has(this.#nextId))
      this.#nextId = followingId(this.#nextId);
    this.#write(topic, payload, this.#nextId, false);
    this.#expect(this.#nextId, expected);
    this.#nextId = followingId(this.#nextId);
  }

  #expect(packetId: number, entry: InFlight): void {
    this.#inflight ??= new Map();
    this.#inflight.set(packetId, entry);
  }

  #hasRoom(): boolean {
    const conn = this.#conn;
    if (!conn.writableNeedDrain) return conn.writable;
    if (!this.#draining) {
      this.#draining = true;
      conn.once('drain', () => {
        this.#draining = false;
        this.run();
      });
    }
    return false;
  }

  #write(topic: string, payload: Buffer, packetId: number | null, dup: boolean): void {
    if (!this.#corked) {
      // All that one turn of the event loop sends to this device goes out in one write.
      this.#corked = true;
      this.#conn.cork();
      process.nextTick(() => {
        this.#corked = false;
        this.#conn.uncork();
      });
    }
    writePublish(this.#conn, topic, payload, packetId, dup);
  }
}
