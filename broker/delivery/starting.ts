import type { CursorFlush } from './cursor-flush.ts';
import type { FanOut } from './fan-out.ts';
import { beginning, type Loading } from './loading.ts';
import { pause } from './pauses.ts';
import { Position } from './position.ts';
import type { Pump } from './pump.ts';
import type { Receipts } from './receipts.ts';
import type { Refreshing } from './refreshing.ts';

/** Conversations whose receipts a device is told when it connects: the newest ones. */
const RECEIPT_CONVERSATIONS = 100;

export interface StartingParts {
  loading: Loading;
  flush: CursorFlush;
  fanOut: FanOut;
  receipts: Receipts;
  refreshing: Refreshing;
  /** Whether events are told by other processes: then history and the directory may be further than what was told here. */
  lags: boolean;
  onError: (error: unknown) => void;
}

/**
 * Begins delivery to a device: where does it stand, what is there for it? Asked again for as long as it is connected: it is sent
 * nothing before. Only its cursors can be done without for a while.
 */
export async function start(pump: Pump, parts: StartingParts): Promise<void> {
  pump.state = 'loading';
  await untilAnswered(pump, parts, () => place(pump, parts));
  const untold = await untilAnswered(pump, parts, () => findHeads(pump, parts));
  if (untold === undefined || pump.closed) return;
  if (parts.lags) {
    pump.state = 'verifying';
    await untilAnswered(pump, parts, () => verify(pump, parts));
    if (pump.closed) return;
  }
  pump.untold = untold;
  pump.state = 'running';
  reroute(pump, parts.receipts);
  parts.refreshing.started(pump);
  if (!pump.provisional) return;
  await pause(1);
  await untilAnswered(pump, parts, () => findCursors(pump, parts));
}

/** Undefined: it is closed. */
async function untilAnswered<T>(
  pump: Pump,
  { onError }: StartingParts,
  ask: () => Promise<T>,
): Promise<T | undefined> {
  for (let failures = 1; !pump.closed; failures++) {
    try {
      return await ask();
    } catch (error) {
      onError(error);
    }
    await pause(failures);
  }
  return undefined;
}

async function place(pump: Pump, { loading, flush, fanOut }: StartingParts): Promise<void> {
  const { user, device } = pump.actor;
  pump.early = [];
  // Asked before the stored cursors are read: what is written in between is in one of the two.
  const unwritten = flush.unwritten(device);
  const starts = await loading.starts(user, device, pump);
  if (starts === undefined || pump.closed) return;
  const { streams, cursors } = starts;
  if (cursors === null) pump.beginProvisionally();
  for (const { stream, ranges } of streams) {
    const cursor = cursors?.get(stream) ?? beginning(ranges);
    fanOut.place(new Position(pump, stream, ranges, Math.max(cursor, unwritten?.get(stream) ?? 0)));
  }
  const early = pump.early ?? [];
  pump.early = null;
  for (const { stream, seq, joined } of early) {
    if (joined) fanOut.joined(pump, stream, seq);
    else fanOut.left(pump, stream, seq);
  }
}

/** Conversations whose newest message is the user's own, the newest ones. Events that come meanwhile are live. */
async function findHeads(pump: Pump, { loading }: StartingParts): Promise<string[]> {
  const own: { stream: string; time: number }[] = [];
  await loading.heads([...pump.positions.keys()], pump, ({ stream, seq, time, last }) => {
    const position = pump.positions.get(stream)!;
    position.head = Math.max(position.head, seq);
    // What is live, from now on: what was before comes when the stored cursor is known.
    if (pump.provisional) {
      position.acknowledged = Math.max(position.acknowledged, seq);
      position.sent = position.acknowledged;
    }
    if (last?.sender.user === pump.actor.user) own.push({ stream, time });
  });
  own.sort((a, b) => b.time - a.time);
  return own.slice(0, RECEIPT_CONVERSATIONS).map(({ stream }) => stream);
}

/** Between the memberships and the heads somebody may have been removed, which is told here later than it is in the heads. */
async function verify(pump: Pump, { loading }: StartingParts): Promise<void> {
  for (const { conversation, ranges } of (await loading.memberships(pump.actor.user, pump)) ?? [])
    pump.positions.get(conversation)?.learn(ranges);
}

/** Of a device that began without them. Everything behind them is sent, also what was sent meanwhile: at least once, and in order. */
async function findCursors(pump: Pump, { loading, flush }: StartingParts): Promise<void> {
  const { device } = pump.actor;
  const unwritten = flush.unwritten(device);
  const cursors = await loading.cursors(device, pump);
  if (cursors === undefined || pump.closed) return;
  pump.beginAgain(({ stream, ranges }) =>
    Math.max(cursors.get(stream) ?? beginning(ranges), unwritten?.get(stream) ?? 0),
  );
  pump.run();
}

/** Subscriptions may have changed: every stream goes where it is subscribed to now. */
export function reroute(pump: Pump, receipts: Receipts): void {
  if (pump.state !== 'running') return;
  for (const position of pump.positions.values()) {
    const before = position.route;
    const route = pump.routes.of(position.stream);
    position.route = route;
    // At QoS 0 there is no acknowledgement and so no cursor to move: what is live, from now on.
    if (route?.qos === 0 && before?.qos !== 0) position.sent = Math.max(position.sent, position.head);
    if (route?.qos !== 0 && before?.qos === 0) position.rewind();
    if (route !== null) pump.wake(position);
  }
  void receipts.tellMissed(pump);
  pump.run();
}
