import { openAll } from '../generator/connection.ts';
import type { Load, Measure } from '../generator/job.ts';
import { Receiver } from '../generator/receiver.ts';
import { Sender } from '../generator/sender.ts';
import type { Tally } from '../generator/tally.ts';
import { median } from '../stats.ts';
import type { Target, Wire } from '../systems/system.ts';
import { handled } from './handled.ts';

/** Long enough for what a system writes behind. */
const REST_MS = 500;
const WINDOW = 20;

/**
 * Users n to 2n-1 subscribe and go away, are sent messages by the users 0 to n-1, and come back all at once. Time from
 * the first reconnection to the last delivery; a first round warms up and is not counted.
 */
export async function drain(
  target: Target,
  wire: Wire,
  load: Extract<Load, { kind: 'drain' }>,
  tally: Tally,
): Promise<Measure> {
  const { devices, messages, rounds } = load;
  const senders = Array.from(
    { length: devices },
    (_, i) => new Sender(i, target, wire, i, wire.direct(target, i, devices + i), tally, { window: WINDOW }),
  );
  const receivers = senders.map((sender, i) => new Receiver(target, wire, devices + i, sender, tally));
  await openAll(devices, async (i) => {
    await receivers[i]!.connect();
    await receivers[i]!.subscribe(null);
    await senders[i]!.connect();
  });
  const expected = devices * messages;
  const measures: Measure[] = [];
  for (let round = 0; round <= rounds; round++) {
    await Promise.all(receivers.map((receiver) => receiver.away()));
    tally.start();
    for (const sender of senders) sender.send(messages);
    await tally.settle(() => 0);
    await handled(target);
    await new Promise((resolve) => setTimeout(resolve, REST_MS));
    if (tally.acked < expected)
      throw new Error(`${expected - tally.acked} of ${expected} sends were not acknowledged`);
    tally.start();
    const present = await Promise.all(receivers.map((receiver) => receiver.connect()));
    if (present.includes(false)) throw new Error('a session was not kept');
    await tally.settle(() => expected);
    if (round > 0) measures.push(tally.end(expected));
  }
  // The worst round for what must be zero, the middle one for the rest.
  return Object.fromEntries(
    Object.keys(measures[0]!).map((key) => {
      const values = measures.map((measure) => measure[key]!);
      return [key, key === 'lost' ? Math.max(...values) : median(values)];
    }),
  );
}
