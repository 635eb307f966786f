import type { Receipt } from '../../protocol/events.ts';
import type { Memberships } from '../../services/conversations/memberships.ts';
import type { Cursors } from '../../services/messages/cursors.ts';
import { alone } from '../nodes/alone.ts';
import type { NodeBus, NodeMessage } from '../nodes/node-bus.ts';
import type { CatchUp } from './catch-up.ts';
import type { CursorFlush } from './cursor-flush.ts';
import type { Index } from './index-of-pumps.ts';
import { pause } from './pauses.ts';
import type { Sent } from './position.ts';
import type { Pump } from './pump.ts';
import { ReceiptBoard } from './receipt-board.ts';
import type { Notice } from './receipt-lane.ts';
import type { Tail } from './tail.ts';
import { Turns } from './turns.ts';

/** Receipts of one conversation that are told when a device connects; those of larger groups are asked for. */
const MOST_MEMBERS = 50;

/** Of messages that are not in memory, so many are looked at, up to the one that was read: for whose they are. */
const MOST_LOOKED_AT = 20;

/** Devices for which receipts are read at once. */
const MOST_READS = 16;

export interface ReceiptsParts {
  index: Index;
  tail: Tail;
  catchUp: Pick<CatchUp, 'page'>;
  flush: CursorFlush;
  cursors: Cursors;
  memberships: Memberships;
  bus: NodeBus;
  flushMs: number;
  onSent: (count: number) => void;
  onError: (error: unknown) => void;
}

/** Who is told when something has arrived or was read, on this node and on the others. */
export class Receipts {
  readonly #parts: ReceiptsParts;
  readonly #board: ReceiptBoard;
  /** A storm of reconnects waits its turn. */
  readonly #turns = new Turns(MOST_READS);

  constructor(parts: ReceiptsParts) {
    this.#parts = parts;
    const { index, bus } = parts;
    // Who is connected elsewhere, other nodes know.
    const areOthers = bus !== alone;
    this.#board = new ReceiptBoard(
      parts.flushMs,
      (user) => areOthers || index.hasUser(user),
      (user, notices) => {
        this.#here(user, notices);
        if (areOthers) bus.toUser(user, { kind: 'receipts', user, notices: notices.map(copy) });
      },
    );
  }

  /** What another node tells a user who may be here. */
  toldElsewhere({ user, notices }: NodeMessage & { kind: 'receipts' }): void {
    if (!this.#parts.index.hasUser(user)) return;
    this.#here(
      user,
      notices.map((notice) => this.#board.learn(notice)),
    );
  }

  /** A device acknowledged an event: its cursor moved, and its sender is told. */
  acknowledged({ position, sender }: Sent): void {
    const { user, device } = position.pump.actor;
    // One's own streams are nobody else's business; one's own messages need no receipt.
    if (position.stream === user || position.stream === device || sender === user) return;
    const { acknowledged, acknowledgedAt } = position;
    this.#board.put(sender, position.stream, {
      user,
      delivered: acknowledged,
      delivered_at: acknowledgedAt,
    });
  }

  /** The user has read up to `seq`: those who wrote it, and the user's own devices, are told. */
  read(user: string, conversation: string, seq: number, at: number): void {
    const { tail, onError } = this.#parts;
    const receipt = { user, read: seq, read_at: at };
    this.#board.put(user, conversation, receipt);
    for (const sender of tail.senders(conversation, seq))
      if (sender !== user) this.#board.put(sender, conversation, receipt);
    this.#readOf(conversation, receipt).catch(onError);
  }

  /**
   * What changed while the device was away: how far its user's own newest messages have come. When it cannot be read it is read later,
   * and others do not wait for it.
   */
  async tellMissed(pump: Pump): Promise<void> {
    const streams = pump.untold;
    if (streams === null || pump.routes.inbox === null) return;
    pump.untold = null;
    for (let failures = 0; !pump.closed; await pause(failures)) {
      try {
        if (streams.length > 0) await this.#turns.runFor(pump, () => this.#missed(pump, streams));
        failures = 0;
      } catch (error) {
        this.#parts.onError(error);
        failures++;
      }
      pump.receiptsHeld = false;
      pump.run();
      if (failures === 0) return;
    }
  }

  flush(): void {
    this.#board.flush();
  }

  #here(user: string, notices: readonly Notice[]): void {
    for (const pump of this.#parts.index.ofUser(user)) {
      if (pump.routes.inbox === null) continue;
      for (const { conversation, receipts } of notices) {
        pump.tell(conversation, receipts);
        this.#parts.onSent(receipts.length);
      }
      pump.run();
    }
  }

  /** Also when what was read is too old to be in memory, or this process delivers nothing: of two the other one, of more who wrote the last of it. */
  async #readOf(conversation: string, receipt: Receipt & { read: number }): Promise<void> {
    const { tail, memberships, catchUp } = this.#parts;
    const { user, read } = receipt;
    let authors: ReadonlySet<string> = await memberships.members(conversation);
    if (authors.size > 2) {
      if (tail.get(conversation, read) !== undefined) return;
      const page = await catchUp.page(conversation, Math.max(0, read - MOST_LOOKED_AT));
      authors = new Set(page.filter(({ seq }) => seq <= read).map(({ sender }) => sender));
    }
    for (const author of authors) if (author !== user) this.#board.put(author, conversation, receipt);
  }

  async #missed(pump: Pump, streams: string[]): Promise<void> {
    // What was told before is stored then: nothing older is told after it.
    await this.#parts.flush.flushIfAnswered();
    const receipts = await this.#parts.cursors.receipts(streams);
    for (const [stream, ofMembers] of receipts) {
      const others = ofMembers.filter(({ user }) => user !== pump.actor.user);
      if (others.length > MOST_MEMBERS) continue;
      pump.tell(
        stream,
        others.map(({ user, delivered, deliveredAt, read, readAt }): Receipt => {
          const times = {
            ...(deliveredAt === null ? {} : { delivered_at: deliveredAt }),
            ...(readAt === null ? {} : { read_at: readAt }),
          };
          return this.#board.atLeast(stream, { user, delivered, read, ...times });
        }),
      );
    }
  }
}

/** The board's own ones go on to change. */
function copy({ conversation, receipts }: Notice): Notice {
  return { conversation, receipts: receipts.map((receipt) => ({ ...receipt })) };
}
