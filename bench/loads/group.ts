import { openAll } from '../generator/connection.ts';
import { type Load, type Measure, WARM_UP_SECONDS } from '../generator/job.ts';
import { Receiver } from '../generator/receiver.ts';
import { Sender } from '../generator/sender.ts';
import type { Tally } from '../generator/tally.ts';
import type { Target, Wire } from '../systems/system.ts';

/**
 * User 0 sends to the group of users 1 to n, of whom the last `away` have subscribed and gone. A message leaves the
 * window when it is acknowledged and every member who is there has it: otherwise a system that acknowledges before it
 * delivers would be measured on a backlog that grows for as long as the run lasts.
 */
export async function group(
  target: Target,
  wire: Wire,
  load: Extract<Load, { kind: 'group' }>,
  tally: Tally,
): Promise<Measure> {
  const { members, away, window, seconds } = load;
  const there = members - away;
  const sender = new Sender(0, target, wire, 0, wire.group(target, 0, 0), tally, { window, fanOut: there });
  await openAll(members, async (i) => {
    const receiver = new Receiver(target, wire, 1 + i, sender, tally);
    await receiver.connect();
    await receiver.subscribe(0);
    if (i >= there) await receiver.away();
  });
  await sender.connect();
  const phase = async (length: number) => {
    tally.start();
    sender.saturate();
    await new Promise((resolve) => setTimeout(resolve, length * 1000));
    sender.rest();
    await tally.settle(() => tally.sent * there);
  };
  await phase(WARM_UP_SECONDS);
  await phase(seconds);
  return tally.end(tally.sent * there);
}
