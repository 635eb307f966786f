import type { Measure } from './generator/job.ts';
import type { Case, Column, Goal, Lookup, Scenario } from './scenarios.ts';
import type { World } from './systems/system.ts';

const PAIRS = 100;
const WINDOW = 20;
const PEER = 'aedes-redis-1';
const ONE = 'cluster-kafka-1';
const TWO = 'cluster-kafka-2';
const THREE = 'cluster-kafka-3';
const STREAMS = 'cluster-redis-1';
const FUSED = 'one-kafka';
const EVERY = [PEER, 'aedes-redis-2', 'dunlin', FUSED, ONE, TWO, THREE, STREAMS];
/** As few processes as there are: on a small machine more of them measure the scheduler. */
const SMALLEST = [PEER, 'dunlin', FUSED, ONE];

const SATURATED = 'saturated';
const PACED = '200/s';
const BACK = '100 × 50';
const IDLE = '1,000';
const pairsWorld: World = { users: 2 * PAIRS, groups: [] };
const members = (count: number) => `${count.toLocaleString('en')} members`;

const rates: Column[] = [
  { key: 'deliveryRate', title: 'deliveries/s', digits: 0 },
  { key: 'p50', title: 'p50 ms', digits: 1 },
  { key: 'p99', title: 'p99 ms', digits: 1 },
];

/** Of one send, wherever the time was spent: what sizing needs, and what a busy machine changes least. */
const perSend: Column[] = [
  { key: 'cpuPerSend', title: 'Σ ours', digits: 0 },
  ...['broker', 'messages', 'gateway'].map((name) => ({ key: `cpu.${name}`, title: name, digits: 0 })),
  ...['redis', 'kafka', 'mongodb', 'postgres'].map((name) => ({
    key: `cpu.${name}`,
    title: name,
    digits: 0,
  })),
  { key: 'ownCpu', title: 'generator CPU %', digits: 0 },
];

const memory: Column[] = ['broker', 'messages', 'gateway', 'redis', 'kafka', 'mongodb'].map((name) => ({
  key: `mib.${name}`,
  title: `${name} MiB`,
  digits: 0,
}));

const toPeer = { to: PEER, toTitle: 'Aedes on Redis' };

function divide(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a / b;
}

const goal = (
  title: string,
  limit: number,
  better: Goal['better'],
  of: (lookup: Lookup) => [number | undefined, number | undefined],
): Goal => ({ title, limit, better, value: (lookup) => divide(...of(lookup)) });

const rate = (measure: Measure | undefined) => measure?.deliveryRate;

/** The better of the peer's: it is many or one, as suits it. */
const best = (of: Lookup, title: string) =>
  Math.max(...[PEER, 'aedes-redis-2'].map((name) => rate(of(name, title)) ?? 0)) || undefined;

export const scenarios: Scenario[] = [
  {
    number: 1,
    title: 'One-to-one',
    about: `${PAIRS} senders, each to a receiver of its own; 200 bytes of text, QoS 1 on both legs, persistent sessions, window ${WINDOW}; a message leaves the window when it is acknowledged and delivered. Connections are spread over the brokers. Processor time is in µs a message, summed over the processes of a name; of embedded Dunlin and of Aedes everything is “broker”.`,
    columns: [...rates, ...perSend],
    more: { about: 'Mean resident memory of a process at the end of it.', columns: memory },
    ratio: { key: 'deliveryRate', title: 'deliveries/s', ...toPeer },
    systems: EVERY,
    once: false,
    cases: ({ seconds }) =>
      [null, 200].map(
        (rate): Case => ({
          title: rate === null ? SATURATED : PACED,
          world: pairsWorld,
          load: { kind: 'one-to-one', pairs: PAIRS, window: WINDOW, seconds, rate, closed: true },
          systems: rate === null ? EVERY : [PEER, FUSED, ONE],
        }),
      ),
    goals: [
      goal('throughput to the better of stock Aedes on Redis', 2, 'higher', (of) => [
        Math.max(rate(of(ONE, SATURATED)) ?? 0, rate(of(STREAMS, SATURATED)) ?? 0) || undefined,
        best(of, SATURATED),
      ]),
      goal('processor time of our processes a message, 3 brokers to 1', 2, 'lower', (of) => [
        of(THREE, SATURATED)?.cpuPerSend,
        of(ONE, SATURATED)?.cpuPerSend,
      ]),
    ],
  },
  {
    number: 2,
    title: 'Groups',
    about: `One sender, 200 bytes of text, QoS 1, window ${WINDOW}; a message leaves the window when it is acknowledged and every member has it. Processor time is in µs a send, and of our processes a delivery.`,
    columns: [
      { key: 'sendRate', title: 'sends/s', digits: 0 },
      ...rates,
      { key: 'cpuPerDelivery', title: 'Σ ours / delivery', digits: 1 },
      ...perSend,
    ],
    ratio: { key: 'deliveryRate', title: 'deliveries/s', ...toPeer },
    systems: EVERY,
    once: false,
    cases: ({ seconds }) =>
      [10, 100, 1_000].map(
        (count): Case => ({
          title: members(count),
          world: { users: count + 1, groups: [Array.from({ length: count + 1 }, (_, i) => i)] },
          load: { kind: 'group', members: count, away: 0, window: WINDOW, seconds },
          systems: count === 100 ? [...SMALLEST, THREE, STREAMS] : SMALLEST,
        }),
      ),
    goals: [
      goal('deliveries/s to the better of stock Aedes on Redis, 100 members', 2, 'higher', (of) => [
        rate(of(ONE, members(100))),
        best(of, members(100)),
      ]),
      goal('processor time of our processes a delivery, 1,000 members to 10', 1, 'lower', (of) => [
        of(ONE, members(1_000))?.cpuPerDelivery,
        of(ONE, members(10))?.cpuPerDelivery,
      ]),
    ],
  },
  {
    number: 3,
    title: 'Coming back',
    about: `${PAIRS} devices were away and were sent 50 messages each, which are in history; all connect at once. Time from the first connection to the last delivery. Processor time is in µs a message.`,
    columns: [
      { key: 'millis', title: 'drain ms', digits: 0 },
      { key: 'deliveryRate', title: 'deliveries/s', digits: 0 },
      ...perSend,
    ],
    ratio: { key: 'deliveryRate', title: 'deliveries/s', ...toPeer },
    systems: SMALLEST,
    once: false,
    cases: () => [
      {
        title: BACK,
        world: pairsWorld,
        load: { kind: 'drain', devices: PAIRS, messages: 50, rounds: 2 },
      },
    ],
    goals: [
      goal('drain rate to stock Aedes on Redis', 2, 'higher', (of) => [
        rate(of(ONE, BACK)),
        rate(of(PEER, BACK)),
      ]),
    ],
  },
  {
    number: 4,
    title: 'Idle connections',
    about:
      'Every connection is a user of its own with a persistent session, subscribed to the inbox. Resident memory of the broker at rest, after garbage collection.',
    columns: [
      { key: 'kibEach', title: 'KiB each', digits: 1 },
      { key: 'beforeMib', title: 'MiB before', digits: 0 },
      { key: 'afterMib', title: 'MiB after', digits: 0 },
      { key: 'connectRate', title: 'connects/s', digits: 0 },
    ],
    ratio: { key: 'kibEach', title: 'KiB each', ...toPeer },
    systems: SMALLEST,
    once: false,
    cases: () => [
      { title: IDLE, world: { users: 1_000, groups: [] }, load: { kind: 'idle', connections: 1_000 } },
    ],
    goals: [],
  },
];
