import type { Client } from 'aedes';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logging.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { Actor } from '../../services/actor.ts';
import type { Memberships } from '../../services/conversations/memberships.ts';
import type { Cursors, DeviceCursor } from '../../services/messages/cursors.ts';
import type { History } from '../../services/messages/history.ts';
import type { EventStream } from '../../services/messages/pipeline.ts';
import { alone } from '../nodes/alone.ts';
import type { NodeBus } from '../nodes/node-bus.ts';
import { CatchUp } from './catch-up.ts';
import { CursorFlush } from './cursor-flush.ts';
import type { Delivery } from './delivery.ts';
import { createErrorLog } from './error-log.ts';
import { FanOut } from './fan-out.ts';
import { Index } from './index-of-pumps.ts';
import { Loading } from './loading.ts';
import { confineAedes } from './packet-ids.ts';
import type { Sent } from './position.ts';
import { Pump, type PumpParts } from './pump.ts';
import { Receipts } from './receipts.ts';
import { Refreshing } from './refreshing.ts';
import { Sessions } from './sessions.ts';
import { reroute, start } from './starting.ts';
import { Tail } from './tail.ts';

export interface DeliveryParts {
  history: History;
  cursors: Cursors;
  memberships: Memberships;
  stream: EventStream;
  /** The other nodes; default: there are none, and events are told here when they are stored. */
  bus?: NodeBus;
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
  /** The device was revoked: nothing is delivered to it any more, and where it stood is forgotten, also what waits to be written. */
  forgetDevice(device: string): Promise<void>;
  /** The user has read up to here: those who wrote it, and the user's own devices, are told. */
  noteRead(user: string, conversation: string, seq: number, at: number): void;
  /** Content was removed from history: it is not to be sent from memory. */
  erased(stream: string): void;
  /** Whether a connected device may get plain events of the stream: see `FeedReader.wants`. */
  wants(stream: string): boolean;
  /**
   * What came of the event stream may not be all that there was: for all connected devices, a few at a time, it is found out where
   * their streams are. Nobody is disconnected.
   */
  gap(): void;
}

const TAIL_BYTES = 64 * 1024 * 1024;
const METRICS_EVERY_MS = 1_000;

export function createDelivery(parts: DeliveryParts): RunningDelivery {
  const { history, cursors, memberships, clock, logger, metrics } = parts;
  const { bus = alone } = parts;
  const lags = bus !== alone;
  const onError = createErrorLog(logger);
  const counts = { deliveries: 0, redeliveries: 0, acknowledged: 0 };
  const index = new Index();
  const sessions = new Sessions();
  const tail = new Tail(TAIL_BYTES);
  const catchUp = new CatchUp(history, () => metrics?.history_reads_total.inc());
  const loading = new Loading({ memberships, cursors, history, onError });
  const flush = new CursorFlush({
    cursors,
    everyMs: parts.cursorFlushMs,
    onFlushed: (count) => metrics?.cursors_flushed_total.inc(count),
    onError,
  });
  const receipts = new Receipts({
    index,
    tail,
    catchUp,
    flush,
    cursors,
    memberships,
    bus,
    flushMs: parts.receiptFlushMs,
    onSent: (count) => metrics?.receipts_sent_total.inc(count),
    onError,
  });
  const fanOut: FanOut = new FanOut({
    index,
    tail,
    catchUp,
    lags,
    onJump: (pump, stream, seq) => refreshing.jumped(pump, stream, seq),
  });
  const refreshing = new Refreshing({ loading, fanOut, onError });
  const starting = { loading, flush, fanOut, receipts, refreshing, lags, onError };
  const pumpParts: PumpParts = { tail, catchUp, window: parts.window, counts, onAcknowledged, onError };
  const unsubscribe = parts.stream.subscribe((events) => fanOut.live(events));
  const unsubscribeBus = bus.onMessage((message) => {
    if (message.kind === 'receipts') receipts.toldElsewhere(message);
  });
  let stopped = false;

  function onAcknowledged(sent: Sent): void {
    // Nobody knows yet what it has not got.
    if (sent.position.pump.provisional) return;
    flush.mark(sent.position);
    receipts.acknowledged(sent);
  }

  /** `replaced`: another connection of its user comes in its place at once. */
  function detach(pump: Pump, replaced = false): void {
    if (pump.closed) return;
    pump.close();
    index.remove(pump);
    refreshing.forget(pump);
    if (!replaced && !index.hasUser(pump.actor.user)) bus.unfollow(pump.actor.user);
    if (pump.persistent) sessions.keep(pump.actor.device, pump.session());
    flush.ended(pump);
  }

  let timer: NodeJS.Timeout | undefined;
  if (metrics !== undefined) timer = setInterval(() => report(metrics), METRICS_EVERY_MS).unref();

  function report(to: Metrics): void {
    to.deliveries_total.inc(counts.deliveries);
    to.redeliveries_total.inc(counts.redeliveries);
    to.acknowledged_total.inc(counts.acknowledged);
    counts.deliveries = counts.redeliveries = counts.acknowledged = 0;
    let inflight = 0;
    let waiting = 0;
    let behind = 0;
    let lag = 0;
    for (const pump of index.pumps()) {
      inflight += pump.inflight;
      waiting += pump.waitingAnswers;
      if (!pump.behind) continue;
      behind++;
      for (const position of pump.positions.values())
        if (position.next() !== null) lag += position.head - position.sent;
    }
    to.inflight.set(inflight);
    to.replies_waiting.set(waiting);
    to.devices_behind.set(behind);
    to.delivery_lag_events.set(lag);
  }

  return {
    attach(client: Client, actor: Actor, persistent: boolean) {
      // Of two that connect at once with one client id, the loser may become ready after it was closed.
      if (client.closed || stopped) return;
      // Take-over [MQTT-3.1.4-2]: the old connection's unacknowledged messages are the new one's.
      const old = index.ofDevice(actor.device);
      const replaces = old?.actor.user === actor.user;
      if (old !== undefined) detach(old, replaces);
      if (!replaces && !index.hasUser(actor.user)) bus.follow(actor.user);
      confineAedes(client);
      // A clean session has nothing of an earlier one, and nothing is left for a later one [MQTT-3.1.2-6].
      const session = sessions.take(actor.device);
      const pump = new Pump(client, actor, persistent, persistent ? session : undefined, pumpParts);
      index.add(pump);
      // What was begun is finished, also when nothing is subscribed to any more [MQTT-4.4.0-1].
      if (pump.redelivers) void start(pump, starting);
    },

    subscribed(client, subscriptions) {
      const pump = index.ofClient(client);
      if (pump === undefined) return;
      let ours = false;
      for (const { topic, qos } of subscriptions) {
        // 128 stands for a refused one in what Aedes reports [MQTT-3.9.3].
        if (qos <= 2 && pump.routes.set(topic, qos === 0 ? 0 : 1)) ours = true;
      }
      if (!ours) return;
      if (pump.state === 'waiting') void start(pump, starting);
      else reroute(pump, receipts);
    },

    unsubscribed(client, topics) {
      const pump = index.ofClient(client);
      if (pump === undefined) return;
      for (const topic of topics) pump.routes.set(topic, null);
      reroute(pump, receipts);
    },

    acknowledged: (client, packetId) => index.ofClient(client)?.acknowledge(packetId, clock.now()) ?? false,

    detach(client) {
      const pump = index.ofClient(client);
      if (pump !== undefined) detach(pump);
    },

    toDevice: (actor, payload) => index.ofDevice(actor.device)?.answer(Buffer.from(payload)) ?? false,

    toDeviceFirst: (actor, payload, written) =>
      index.ofDevice(actor.device)?.answerFirst(Buffer.from(payload), written) ?? false,

    room: (actor) => index.ofDevice(actor.device)?.room(),

    async initialise(device, user) {
      const delivered = await memberships.delivered(user);
      const heads = await history.heads([user, ...delivered.map(({ conversation }) => conversation)]);
      const rows: DeviceCursor[] = [];
      for (const { stream, seq } of heads.values()) rows.push({ device, user, stream, seq, time: null });
      if (rows.length > 0) await cursors.save(rows);
    },

    async forgetDevice(device) {
      const pump = index.ofDevice(device);
      if (pump !== undefined) detach(pump);
      sessions.take(device);
      // What it had acknowledged counts as delivered; what cannot be written now is not written later.
      await flush.flush();
      flush.discard(device);
      await cursors.forgetDevice(device);
    },

    noteRead: (user, conversation, seq, at) => receipts.read(user, conversation, seq, at),

    erased: (stream) => fanOut.erased(stream),

    wants: (stream) => index.hasStream(stream),

    gap() {
      fanOut.forgetAll();
      for (const pump of index.pumps()) refreshing.everything(pump);
    },

    async handOver(device) {
      const pump = index.ofDevice(device);
      if (pump !== undefined) detach(pump);
      // The other node sends it as new.
      sessions.take(device);
      if (flush.unwritten(device) !== undefined) await flush.flush();
    },

    async stop() {
      stopped = true;
      clearInterval(timer);
      unsubscribe();
      unsubscribeBus();
      receipts.flush();
      refreshing.stop();
      for (const pump of [...index.pumps()]) detach(pump);
      await flush.flush();
      if (metrics !== undefined) report(metrics);
    },
  };
}
