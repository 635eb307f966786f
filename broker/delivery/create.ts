import type { Client } from 'aedes';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logging.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { Actor } from '../../services/actor.ts';
import type { Memberships } from '../../services/conversations/memberships.ts';
import type { Cursors } from '../../services/messages/cursors.ts';
import type { History, StreamedEvent } from '../../services/messages/history.ts';
import type { EventStream } from '../../services/messages/pipeline.ts';
import { CatchUp } from './catch-up.ts';
import { CursorFlush } from './cursor-flush.ts';
import type { Delivery } from './delivery.ts';
import { Index } from './index-of-pumps.ts';
import { Loading } from './loading.ts';
import { confineAedes } from './packet-ids.ts';
import { Position, type Sent } from './position.ts';
import { Pump } from './pump.ts';
import { ReceiptBoard } from './receipt-board.ts';
import { Routes } from './routes.ts';
import { Sessions } from './sessions.ts';
import { deliverable, Tail } from './tail.ts';

export interface DeliveryParts {
  history: History;
  cursors: Cursors;
  memberships: Memberships;
  stream: EventStream;
  clock: Clock;
  logger: Logger;
  metrics?: Metrics;
  window: number;
  receiptFlushMs: number;
  cursorFlushMs: number;
}

export interface RunningDelivery extends Delivery {
  /** A new device of a user begins where the user's streams are now: call it before the device can connect. */
  initialise(device: string, user: string): Promise<void>;
  /** The user has read up to here: those who wrote it, and the user's own devices, are told. */
  noteRead(user: string, conversation: string, seq: number, at: number): void;
  /** Content was removed from history: it is not to be sent from memory. */
  erased(stream: string): void;
}

const TAIL_BYTES = 64 * 1024 * 1024;
const METRICS_EVERY_MS = 1_000;
/** Conversations whose receipts a device is told when it connects: the newest ones. */
const RECEIPT_CONVERSATIONS = 100;
/** Receipts of one conversation that are told when a device connects; larger groups are asked for. */
const RECEIPT_MEMBERS = 50;

export function createDelivery(parts: DeliveryParts): RunningDelivery {
  const { history, cursors, memberships, clock, logger, metrics } = parts;
  const onError = (error: unknown) =>
    logger.warn({ err: error }, 'delivery could not read or write its state; it tries again');
  const counts = { deliveries: 0, redeliveries: 0, acknowledged: 0 };
  const tail = new Tail(TAIL_BYTES);
  const catchUp = new CatchUp(history, () => metrics?.history_reads_total.inc());
  const loading = new Loading(memberships, cursors, history);
  const flush = new CursorFlush(
    cursors,
    parts.cursorFlushMs,
    (count) => metrics?.cursors_flushed_total.inc(count),
    onError,
  );
  const sessions = new Sessions();
  const index = new Index();
  const routes = new WeakMap<Pump, Routes>();
  const board = new ReceiptBoard(
    parts.receiptFlushMs,
    (user) => index.ofUser(user).size > 0,
    (user, conversation, receipt) => {
      for (const pump of index.ofUser(user)) {
        if (pump.userInbox === null) continue;
        pump.receipts.put(conversation, receipt);
        metrics?.receipts_sent_total.inc();
        pump.run();
      }
    },
  );

  const unsubscribe = parts.stream.subscribe((events) => {
    const woken = new Set<Pump>();
    for (const event of events) live(event, woken);
    for (const pump of woken) pump.run();
  });

  function live(event: StreamedEvent, woken: Set<Pump>): void {
    const { stream, seq } = event;
    if (event.erased !== undefined) erased(stream);
    for (const user of event.joined ?? []) for (const pump of index.ofUser(user)) joined(pump, stream, seq);
    for (const user of event.left ?? []) for (const pump of index.ofUser(user)) left(pump, stream, seq);
    const positions = index.ofStream(stream);
    // Nobody of it is connected: nobody needs it in memory.
    if (positions === undefined) return;
    tail.push(stream, deliverable(event));
    for (const [position, pump] of positions) {
      if (seq > position.head) position.head = seq;
      if (pump.loading) continue;
      pump.wake(position);
      woken.add(pump);
    }
  }

  function joined(pump: Pump, stream: string, seq: number): void {
    // A start that is under way has read memberships from before or after: both come to the same.
    if (pump.loading) pump.early.push({ stream, seq, joined: true });
    const position = pump.positions.get(stream);
    if (position !== undefined) return position.joined(seq);
    if (!pump.loading) place(pump, new Position(stream, [{ from: seq, to: null }], seq - 1));
  }

  function left(pump: Pump, stream: string, seq: number): void {
    if (pump.loading) pump.early.push({ stream, seq, joined: false });
    pump.positions.get(stream)?.left(seq);
  }

  function place(pump: Pump, position: Position): void {
    // While it loads, the route is set when all is loaded: see reroute().
    if (!pump.loading) position.route = routes.get(pump)!.of(position.stream);
    pump.positions.set(position.stream, position);
    index.addPosition(pump, position);
  }

  async function start(pump: Pump): Promise<void> {
    try {
      const { streams } = await loading.start(pump.actor.user, pump.actor.device);
      if (pump.closed) return;
      for (const { stream, ranges, cursor } of streams) place(pump, new Position(stream, ranges, cursor));
      // What joined and left meanwhile: what the load has seen already changes nothing.
      for (const { stream, seq, joined: has } of pump.early.splice(0)) {
        const position = pump.positions.get(stream);
        if (!has) position?.left(seq);
        else if (position !== undefined) position.joined(seq);
        else place(pump, new Position(stream, [{ from: seq, to: null }], seq - 1));
      }
      const heads = await loading.heads([...pump.positions.keys()]);
      if (pump.closed) return;
      const own: string[] = [];
      for (const [stream, head] of heads) {
        const position = pump.positions.get(stream)!;
        position.head = Math.max(position.head, head.seq);
        if (head.last?.sender.user === pump.actor.user) own.push(stream);
      }
      pump.loading = false;
      reroute(pump);
      await tellReceipts(pump, own);
    } catch (error) {
      onError(error);
      // Without its positions the device would get nothing and not know: it may come again.
      if (!pump.closed) setTimeout(() => pump.client.close(), 1_000).unref();
    }
  }

  /** State that changed while the device was away: how far its user's own newest messages have come. */
  async function tellReceipts(pump: Pump, streams: string[]): Promise<void> {
    if (pump.userInbox === null || streams.length === 0) return;
    const receipts = await cursors.receipts(streams.slice(-RECEIPT_CONVERSATIONS));
    for (const [stream, ofMembers] of receipts) {
      const others = ofMembers.filter(({ user }) => user !== pump.actor.user);
      if (others.length > RECEIPT_MEMBERS) continue;
      for (const { user, delivered, deliveredAt, read, readAt } of others) {
        pump.receipts.put(stream, {
          user,
          delivered,
          read,
          ...(deliveredAt === null ? {} : { delivered_at: deliveredAt }),
          ...(readAt === null ? {} : { read_at: readAt }),
        });
      }
    }
    pump.run();
  }

  /** Subscriptions changed: every stream goes where it is subscribed to now. */
  function reroute(pump: Pump): void {
    const own = routes.get(pump)!;
    pump.userInbox = own.inbox;
    pump.deviceInbox = own.deviceInbox;
    if (pump.loading) return;
    for (const position of pump.positions.values()) {
      const before = position.route;
      const route = own.of(position.stream);
      position.route = route;
      if (route === null) continue;
      // At QoS 0 there is no acknowledgement and so no cursor to move: what is live, from now on.
      if (route.qos === 0 && before?.qos !== 0) position.sent = Math.max(position.sent, position.head);
      if (route.qos === 1 && before?.qos === 0) position.sent = position.acknowledged;
      pump.wake(position);
    }
    pump.run();
  }

  function onAcknowledged(pump: Pump, { position, sender }: Sent): void {
    flush.mark(pump, position);
    const { user, device } = pump.actor;
    // One's own streams are nobody else's business; one's own messages need no receipt.
    if (position.stream === user || position.stream === device || sender === user) return;
    board.put(sender, position.stream, {
      user,
      delivered: position.acknowledged,
      delivered_at: position.acknowledgedAt,
    });
  }

  function erased(stream: string): void {
    tail.forget(stream);
    catchUp.forget(stream);
    for (const position of index.ofStream(stream)?.keys() ?? []) position.page = [];
  }

  function detach(pump: Pump): void {
    if (pump.closed) return;
    pump.close();
    index.remove(pump);
    if (pump.persistent) sessions.keep(pump.actor.device, pump.unfinished());
    void flush.flush();
  }

  let timer: NodeJS.Timeout | undefined;
  if (metrics !== undefined) {
    timer = setInterval(() => report(metrics), METRICS_EVERY_MS);
    timer.unref();
  }

  function report(to: Metrics): void {
    to.deliveries_total.inc(counts.deliveries);
    to.redeliveries_total.inc(counts.redeliveries);
    to.acknowledged_total.inc(counts.acknowledged);
    counts.deliveries = counts.redeliveries = counts.acknowledged = 0;
    let inflight = 0;
    let waiting = 0;
    let behind = 0;
    for (const pump of index.pumps()) {
      inflight += pump.inflight;
      waiting += pump.waitingReplies;
      if (pump.behind) behind++;
    }
    to.inflight.set(inflight);
    to.replies_waiting.set(waiting);
    to.devices_behind.set(behind);
  }

  return {
    attach(client: Client, actor: Actor, persistent: boolean) {
      // Take-over [MQTT-3.1.4-2]: the old connection's unacknowledged messages are the new one's.
      const old = index.ofDevice(actor.device);
      if (old !== undefined) detach(old);
      confineAedes(client);
      const unfinished = sessions.take(actor.device);
      const pump = new Pump(client, actor, persistent, persistent ? unfinished : [], {
        tail,
        catchUp,
        window: parts.window,
        counts,
        onAcknowledged,
        onError,
      });
      routes.set(pump, new Routes(actor.user, actor.device));
      index.add(pump);
    },

    subscribed(client, subscriptions) {
      const pump = index.ofClient(client);
      if (pump === undefined) return;
      const own = routes.get(pump)!;
      const ours = subscriptions.filter(({ topic, qos }) => own.set(topic, qos === 0 ? 0 : 1)).length > 0;
      if (!ours) return;
      reroute(pump);
      if (pump.started) return;
      pump.started = true;
      void start(pump);
    },

    unsubscribed(client, topics) {
      const pump = index.ofClient(client);
      if (pump === undefined) return;
      for (const topic of topics) routes.get(pump)!.set(topic, null);
      reroute(pump);
    },

    acknowledged: (client, packetId) => index.ofClient(client)?.acknowledge(packetId, clock.now()) ?? false,

    detach(client) {
      const pump = index.ofClient(client);
      if (pump !== undefined) detach(pump);
    },

    toDevice: (actor, payload) => index.ofDevice(actor.device)?.reply(Buffer.from(payload)) ?? false,

    room: (actor) => index.ofDevice(actor.device)?.room(),

    async initialise(device, user) {
      const delivered = await memberships.delivered(user);
      const heads = await history.heads([user, ...delivered.map(({ conversation }) => conversation)]);
      const time = clock.now();
      const rows = [...heads.values()].map(({ stream, seq }) => ({ device, user, stream, seq, time }));
      if (rows.length > 0) await cursors.save(rows);
    },

    noteRead(user, conversation, seq, at) {
      const receipt = { user, read: seq, read_at: at };
      board.put(user, conversation, receipt);
      for (const sender of tail.senders(conversation, seq))
        if (sender !== user) board.put(sender, conversation, receipt);
      // Of two, the other one, also when the messages are too old to be in memory.
      void memberships.members(conversation).then((members) => {
        if (members.size > 2) return;
        for (const member of members) if (member !== user) board.put(member, conversation, receipt);
      }, onError);
    },

    erased,

    async stop() {
      clearInterval(timer);
      unsubscribe();
      board.flush();
      for (const pump of [...index.pumps()]) detach(pump);
      await flush.flush();
      if (metrics !== undefined) report(metrics);
    },
  };
}
