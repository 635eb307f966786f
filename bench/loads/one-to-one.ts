import { openAll } from '../generator/connection.ts';
import { type Load, type Measure, WARM_UP_SECONDS } from '../generator/job.ts';
import { Receiver } from '../generator/receiver.ts';
import { Sender } from '../generator/sender.ts';
import type { Tally } from '../generator/tally.ts';
import type { Target, Wire } from '../systems/system.ts';

/**
 * Users 0 to n-1 each send to one of the users n to 2n-1: as fast as the window allows, or at a fixed rate. `closed`: a message
 * leaves the window only when the receiver has it, so that a system that accepts faster than it delivers is not measured on a backlog.
 */
export async function oneToOne(
  target: Target,
  wire: Wire,
  load: Extract<Load, { kind: 'one-to-one' }>,
  tally: Tally,
): Promise<Measure> {
  const { pairs, window, seconds, rate, closed } = load;
  const options = { window, fanOut: closed ? 1 : 0 };
  const senders = Array.from(
    { length: pairs },
    (_, i) => new Sender(i, target, wire, i, wire.direct(target, i, pairs + i), tally, options),
  );
  await openAll(pairs, async (i) => {
    const receiver = new Receiver(target, wire, pairs + i, senders[i]!, tally);
    await receiver.connect();
    await receiver.subscribe(null);
    await senders[i]!.connect();
  });
  const phase = async (length: number) => {
    tally.start();
    if (rate === null) await saturate(senders, length);
    else await pace(senders, length, rate);
    await tally.settle(() => tally.sent);
  };
  await phase(WARM_UP_SECONDS);
  await phase(seconds);
  return tally.end(tally.sent);
}

async function saturate(senders: Sender[], seconds: number): Promise<void> {
  for (const sender of senders) sender.saturate();
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  for (const sender of senders) sender.rest();
}

/** An open loop: what is due is sent whether or not the system keeps up. */
async function pace(senders: Sender[], seconds: number, rate: number): Promise<void> {
  const start = performance.now();
  const total = seconds * rate;
  for (let sent = 0; sent < total; ) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    const due = Math.min(total, Math.floor(((performance.now() - start) * rate) / 1000));
    for (; sent < due; sent++) senders[sent % senders.length]!.send(1);
  }
}
