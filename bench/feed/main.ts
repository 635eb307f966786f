/**
 * What reading the event stream costs a process: `node bench/feed/main.ts [events]`. Every process reads all of it, so this is what bounds the
 * whole, however many processes share the rest. Events of a chat line are written to Kafka by another process; this one follows, and wants none
 * of them, or all.
 */
import { fork } from 'node:child_process';
import { openKafka } from '../../platform/kafka/kafka.ts';
import { KafkaFeed } from '../../services/messages/feed.kafka.ts';
import { disposeEngines, engine } from '../systems/engines.ts';
import type { Order } from './writer.ts';

const events = Number(process.argv[2] ?? 200_000);
const url = `${(await engine('kafka')).url}/feed`;
const kafka = openKafka({
  url,
  partitions: 8,
  replicas: 1,
  deadlineMs: 10_000,
  most: 1_000,
});

for (const wanted of [false, true, false, true]) {
  const feed = await KafkaFeed.open(kafka);
  let told = 0;
  const following = await feed.follow({
    wants: () => wanted,
    read: (tidings) => {
      told += tidings.events?.length ?? 0;
    },
    onGap: () => {
      throw new Error('the stream has a gap');
    },
  });
  const before = process.cpuUsage();
  const started = performance.now();
  const writer = fork(new URL('./writer.ts', import.meta.url));
  writer.send({ url, events } satisfies Order);
  await new Promise((resolve) => writer.once('exit', resolve));
  while (following.lag > 0) await new Promise((resolve) => setTimeout(resolve, 50));
  const seconds = (performance.now() - started) / 1_000;
  const { user, system } = process.cpuUsage(before);
  if (wanted && told !== events) throw new Error(`${told} of ${events} events were told`);
  console.log(
    `${wanted ? 'all wanted' : 'none wanted'}: ${((user + system) / events).toFixed(1)} µs an event, at ${Math.round(events / seconds).toLocaleString('en')} a second`,
  );
  await following.stop();
  await feed.close();
}
await disposeEngines();
process.exit(0);
