import type { CursorFlush } from './cursor-flush.ts';
import type { FanOut } from './fan-out.ts';
import type { Loading } from './loading.ts';
import { Position } from './position.ts';
import type { Pump } from './pump.ts';
import type { Receipts } from './receipts.ts';

/** Conversations whose receipts a device is told when it connects: the newest ones. */
const RECEIPT_CONVERSATIONS = 100;
/** After a start that failed, until the device is disconnected. */
const CLOSE_AFTER_MS = 1_000;

export interface StartingParts {
  loading: Loading;
  flush: CursorFlush;
  fanOut: FanOut;
  receipts: Receipts;
  onError: (error: unknown) => void;
}

/** Begins delivery to a device: where does it stand, what is there for it? */
export async function start(pump: Pump, parts: StartingParts): Promise<void> {
  pump.state = 'loading';
  pump.early = [];
  try {
    await place(pump, parts);
    if (pump.closed) return;
    const untold = await findHeads(pump, parts);
    if (pump.closed) return;
    pump.untold = untold;
    pump.state = 'running';
    reroute(pump, parts.receipts);
  } catch (error) {
    parts.onError(error);
    // Without its positions the device would get nothing and not know: it may come again.
    if (!pump.closed) setTimeout(() => pump.client.close(), CLOSE_AFTER_MS).unref();
  }
}

async function place(pump: Pump, { loading, flush, fanOut }: StartingParts): Promise<void> {
  const { user, device } = pump.actor;
  // Asked before the stored cursors are read: what is written in between is in one of the two.
  const unwritten = flush.unwritten(device);
  const starts = await loading.starts(user, device);
  if (pump.closed) return;
  for (const { stream, ranges, cursor } of starts) {
    const acknowledged = Math.max(cursor, unwritten?.get(stream)?.acknowledged ?? 0);
    fanOut.place(new Position(pump, stream, ranges, acknowledged));
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
  await loading.heads([...pump.positions.keys()], ({ stream, seq, time, last }) => {
    const position = pump.positions.get(stream)!;
    position.head = Math.max(position.head, seq);
    if (last?.sender.user === pump.actor.user) own.push({ stream, time });
  });
  own.sort((a, b) => b.time - a.time);
  return own.slice(0, RECEIPT_CONVERSATIONS).map(({ stream }) => stream);
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
