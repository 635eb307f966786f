/** Writes events of chat lines to the event stream, as the messages service does: one order in, and out it goes. */
import { uuidv7 } from 'uuidv7';
import { openKafka } from '../../platform/kafka/kafka.ts';
import { KafkaFeed } from '../../services/messages/feed.kafka.ts';
import type { StreamedEvent } from '../../services/messages/history.ts';

export interface Order {
  url: string;
  events: number;
}

/** Events written together: a batch of the messages service under load. */
const TOGETHER = 200;
const STREAMS = 1_000;

process.once('message', async ({ url, events }: Order) => {
  const kafka = openKafka({
    url,
    partitions: 8,
    replicas: 1,
    deadlineMs: 10_000,
    most: 1_000,
  });
  const feed = await KafkaFeed.open(kafka);
  const streams = Array.from({ length: STREAMS }, () => uuidv7());
  const from = uuidv7();
  for (let written = 0; written < events; ) {
    const some: StreamedEvent[] = [];
    for (; some.length < TOGETHER && written < events; written++) {
      const stream = streams[written % STREAMS]!;
      some.push(eventOf(stream, 1 + Math.floor(written / STREAMS), from));
    }
    await feed.write({ events: some });
  }
  await feed.close();
  process.exit(0);
});

function eventOf(stream: string, seq: number, from: string): StreamedEvent {
  const id = uuidv7();
  const at = Date.now();
  const content = { type: 'text', text: 'x'.repeat(200) };
  const body = JSON.stringify({ v: 1, type: 'message', conversation: stream, seq, id, from, at, content });
  return { stream, seq, id, type: 'message', at, body } as unknown as StreamedEvent;
}
