import type { Load, Measure } from './generator/job.ts';
import type { Options } from './options.ts';
import type { World } from './systems/system.ts';

export interface Column {
  key: string;
  title: string;
  digits: number;
}

export interface Case {
  title: string;
  world: World;
  load: Load;
  /** Systems it is run on, when not on all of the scenario. */
  systems?: string[];
}

/** The medians of a scenario: what `case` measured on `system`, or undefined when it was not run or failed. */
export type Lookup = (system: string, caseTitle: string) => Measure | undefined;

/** A promise in figures: `value` of a run, to be compared with `limit`. */
export interface Goal {
  title: string;
  limit: number;
  better: 'higher' | 'lower';
  value(of: Lookup): number | undefined;
}

export interface Scenario {
  number: number;
  title: string;
  /** What the figures mean, for who reads the report. */
  about: string;
  columns: Column[];
  /** A second table of the same figures. */
  more?: { about: string; columns: Column[] };
  /** The figure that is compared with another system's. */
  ratio: { key: string; title: string; to: string; toTitle: string } | null;
  /** Systems it makes sense for. */
  systems: string[];
  /** The load generator itself takes the median of several rounds: one run is enough. */
  once: boolean;
  cases(options: Options): Case[];
  goals: Goal[];
}

const PAIRS = 100;
const WINDOW = 20;
const ALL = ['aedes', 'mosquitto', 'dunlin'];

const toAedes = { to: 'aedes', toTitle: 'Aedes' };

const SATURATED = 'saturated';
const PACED = '2,000/s';
const pairsWorld: World = { users: 2 * PAIRS, groups: [] };
const members = (count: number, away = 0) =>
  `${count.toLocaleString('en')} members${away > 0 ? `, ${away.toLocaleString('en')} away` : ''}`;

const beside: Column[] = [
  { key: 'otherRate', title: 'other/s', digits: 0 },
  { key: 'serverCpu', title: 'server CPU %', digits: 0 },
  { key: 'ownCpu', title: 'generator CPU %', digits: 0 },
];

/** `key` of Dunlin by `key` of Aedes in the same case. */
const against =
  (key: string, caseTitle: string) =>
  (of: Lookup): number | undefined =>
    divide(of('dunlin', caseTitle)?.[key], of('aedes', caseTitle)?.[key]);

function divide(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a / b;
}

const AWAY_CASE = members(1000, 900);
const PAGES = 'pages of 50';

export const scenarios: Scenario[] = [
  {
    number: 1,
    title: 'One-to-one',
    about: `${PAIRS} senders, each to a receiver of its own; 200 bytes of text, QoS 1 on both legs, persistent sessions, window ${WINDOW}. Rates are from the first send to the last delivery. Latency is from when a message was due to its arrival. “Other” are PUBLISHes to the receivers that are no message, such as receipts.`,
    columns: [
      { key: 'deliveryRate', title: 'deliveries/s', digits: 0 },
      { key: 'p50', title: 'p50 ms', digits: 2 },
      { key: 'p99', title: 'p99 ms', digits: 2 },
      { key: 'cpuPerSend', title: 'CPU µs/send', digits: 0 },
      ...beside,
    ],
    ratio: { key: 'deliveryRate', title: 'deliveries/s', ...toAedes },
    systems: ALL,
    once: false,
    cases: ({ seconds }) =>
      [null, 2000].map((rate) => ({
        title: rate === null ? SATURATED : PACED,
        world: pairsWorld,
        load: { kind: 'one-to-one', pairs: PAIRS, window: WINDOW, seconds, rate },
      })),
    goals: [
      {
        title: 'throughput to stock Aedes, saturated',
        limit: 0.6,
        better: 'higher',
        value: against('deliveryRate', SATURATED),
      },
    ],
  },
  {
    number: 2,
    title: 'Groups',
    about: `One sender, 200 bytes of text, QoS 1, window ${WINDOW}; a message leaves the window when it is acknowledged and every member who is there has it. Cost is processor time of the server by messages sent.`,
    columns: [
      { key: 'sendRate', title: 'sends/s', digits: 0 },
      { key: 'deliveryRate', title: 'deliveries/s', digits: 0 },
      { key: 'cpuPerSend', title: 'CPU µs/send', digits: 0 },
      { key: 'p50', title: 'p50 ms', digits: 2 },
      { key: 'p99', title: 'p99 ms', digits: 2 },
      ...beside,
    ],
    ratio: { key: 'deliveryRate', title: 'deliveries/s', ...toAedes },
    systems: ALL,
    once: false,
    cases: ({ seconds }) =>
      (
        [
          [10, 0],
          [100, 0],
          [1000, 0],
          [1000, 900],
        ] as const
      ).map(([count, away]) => ({
        title: members(count, away),
        world: { users: count + 1, groups: [Array.from({ length: count + 1 }, (_, i) => i)] },
        load: { kind: 'group', members: count, away, window: WINDOW, seconds },
      })),
    goals: [
      {
        title: 'deliveries/s to stock Aedes at 100 members',
        limit: 0.8,
        better: 'higher',
        value: against('deliveryRate', members(100)),
      },
      {
        title: 'CPU per send: 900 of 1,000 away to 100 members who are all there',
        // "Does not grow", with room for what two runs on a noisy machine differ by.
        limit: 1.15,
        better: 'lower',
        value: (of) => divide(of('dunlin', AWAY_CASE)?.cpuPerSend, of('dunlin', members(100))?.cpuPerSend),
      },
    ],
  },
  {
    number: 3,
    title: 'Coming back',
    about: `${PAIRS} devices were away and were sent 200 messages each; all connect at once. Time from the first connection to the last delivery.`,
    columns: [
      { key: 'millis', title: 'drain ms', digits: 0 },
      { key: 'deliveryRate', title: 'deliveries/s', digits: 0 },
      ...beside,
    ],
    ratio: { key: 'deliveryRate', title: 'deliveries/s', ...toAedes },
    systems: ALL,
    once: false,
    cases: () => [
      {
        title: '100 × 200',
        world: pairsWorld,
        load: { kind: 'drain', devices: PAIRS, messages: 200, rounds: 3 },
      },
    ],
    goals: [
      {
        title: 'drain rate to stock Aedes',
        limit: 1.5,
        better: 'higher',
        value: against('deliveryRate', '100 × 200'),
      },
    ],
  },
  {
    number: 4,
    title: 'Idle connections',
    about:
      'Every connection is a user of its own with a persistent session, subscribed to the inbox. Resident memory at rest, after garbage collection, over the number of connections.',
    columns: [
      { key: 'kibEach', title: 'KiB each', digits: 1 },
      { key: 'beforeMib', title: 'MiB before', digits: 0 },
      { key: 'afterMib', title: 'MiB after', digits: 0 },
      { key: 'connectRate', title: 'connects/s', digits: 0 },
    ],
    ratio: { key: 'kibEach', title: 'KiB each', ...toAedes },
    systems: ALL,
    once: false,
    cases: () => [
      { title: '5,000', world: { users: 5000, groups: [] }, load: { kind: 'idle', connections: 5000 } },
    ],
    goals: [
      {
        title: 'memory each to stock Aedes',
        limit: 1.2,
        better: 'lower',
        value: against('kibEach', '5,000'),
      },
    ],
  },
  {
    number: 5,
    title: 'History',
    about:
      'Pages of 50 of one conversation over HTTP on one connection, at the head and at random depths in turns; medians over all pages.',
    columns: [
      { key: 'messages', title: 'messages', digits: 0 },
      { key: 'head', title: 'head ms', digits: 2 },
      { key: 'headP99', title: 'head p99 ms', digits: 2 },
      { key: 'headCpu', title: 'head CPU µs', digits: 0 },
      { key: 'deep', title: 'deep ms', digits: 2 },
      { key: 'deepP99', title: 'deep p99 ms', digits: 2 },
      { key: 'deepCpu', title: 'deep CPU µs', digits: 0 },
      { key: 'fillRate', title: 'sends/s while filling', digits: 0 },
    ],
    ratio: null,
    systems: ['dunlin'],
    once: true,
    cases: ({ history }) => [
      {
        title: PAGES,
        world: { users: 2, groups: [] },
        load: { kind: 'history', messages: history, pages: 1000 },
      },
    ],
    goals: [
      {
        title: 'deep page to head page',
        limit: 1.5,
        better: 'lower',
        value: (of) => of('dunlin', PAGES)?.deepToHead,
      },
    ],
  },
];
