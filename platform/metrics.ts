import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

interface Definition {
  type: 'counter' | 'gauge' | 'histogram';
  help: string;
  labels?: readonly string[];
  buckets?: readonly number[];
}

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] as const;
const SIZES = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000] as const;

/** Every metric of ours, all with the prefix `dunlin_`. docs/METRICS.md is written from this table. */
export const definitions = {
  connections: { type: 'gauge', help: 'Connected devices.', labels: ['transport'] },
  connects_refused_total: {
    type: 'counter',
    help: 'Connections refused at CONNECT or before.',
    labels: ['code'],
  },
  connects_waiting: { type: 'gauge', help: 'Connections that wait for their turn to be read.' },
  node_messages_dropped_total: {
    type: 'counter',
    help: 'Messages between nodes that did not come through: `away` (Redis), `full`, `large`, `foreign` (none of ours).',
    labels: ['why'],
  },
  commands_total: {
    type: 'counter',
    help: 'Commands from devices and over HTTP.',
    labels: ['type', 'result'],
  },
  refusals_total: {
    type: 'counter',
    help: 'Refused requests, by code of the error table.',
    labels: ['code'],
  },
  sign_ins_total: {
    type: 'counter',
    help: 'Registrations, logins and refreshes, by `ok` or the code of the error table.',
    labels: ['way', 'result'],
  },
  append_seconds: {
    type: 'histogram',
    help: 'From the arrival of a change to its durable append, which is its PUBACK.',
    buckets: SECONDS,
  },
  append_batch_commands: {
    type: 'histogram',
    help: 'Commands that went to the log together.',
    buckets: SIZES,
  },
  pipeline_batch_commands: {
    type: 'histogram',
    help: 'Commands the messages service handled together.',
    buckets: SIZES,
  },
  pipeline_lag: { type: 'gauge', help: 'Commands appended to the log and not yet handled.' },
  pipeline_set_aside: {
    type: 'gauge',
    help: 'Commands that wait for the directory, which does not answer, while the others are handled.',
  },
  events_total: { type: 'counter', help: 'Events stored.', labels: ['type'] },
  feed_lag: {
    type: 'gauge',
    help: 'Records of the event stream not yet read here: `live` by all who follow it, else by who consumes it under that name.',
    labels: ['reader'],
  },
  feed_missed_total: {
    type: 'counter',
    help: 'Records of the event stream that were removed before who consumes it under a name came to them.',
    labels: ['reader'],
  },
  feed_passed_over_total: {
    type: 'counter',
    help: 'Events of the event stream that who consumes it under a name could not take, and that were passed over: a mistake in the program, each is in the log.',
    labels: ['reader'],
  },
  deliveries_total: { type: 'counter', help: 'Events and answers published to devices.' },
  redeliveries_total: { type: 'counter', help: 'Events published again, with DUP, after a reconnect.' },
  acknowledged_total: { type: 'counter', help: 'PUBACKs from devices.' },
  inflight: { type: 'gauge', help: 'PUBLISHes to devices that wait for their PUBACK.' },
  replies_waiting: { type: 'gauge', help: 'Answers that wait for room in a window.' },
  delivery_lag_events: {
    type: 'gauge',
    help: 'Events that connected devices have not been sent yet, over all devices.',
  },
  devices_behind: { type: 'gauge', help: 'Connected devices that have not been sent everything yet.' },
  history_reads_total: { type: 'counter', help: 'Pages read from history for delivery.' },
  cursors_flushed_total: { type: 'counter', help: 'Delivery cursors written.' },
  receipts_sent_total: { type: 'counter', help: 'Receipt notices sent.' },
  users_online: { type: 'gauge', help: 'Users with at least one connected device.' },
  open_dropped_total: {
    type: 'counter',
    help: 'Messages of plain MQTT sessions dropped because their queue was full.',
  },
  sqlite_commit_seconds: {
    type: 'histogram',
    help: 'Time of COMMIT, with its sync.',
    labels: ['database'],
    buckets: SECONDS,
  },
  sqlite_commit_jobs: {
    type: 'histogram',
    help: 'Jobs that shared one COMMIT.',
    labels: ['database'],
    buckets: SIZES,
  },
  engine_up: {
    type: 'gauge',
    help: 'Whether a server that Dunlin stands on answered the last call: 1 or 0.',
    labels: ['engine'],
  },
  engine_seconds: {
    type: 'histogram',
    help: 'Time of calls to a server that Dunlin stands on.',
    labels: ['engine', 'result'],
    buckets: SECONDS,
  },
  webhook_attempts_total: {
    type: 'counter',
    help: 'Attempts to tell a receiver of an event: `delivered`, why not, or `given_up` (counted beside its last attempt).',
    labels: ['result'],
  },
  webhook_seconds: {
    type: 'histogram',
    help: 'Time of attempts to tell a receiver of an event.',
    buckets: SECONDS,
  },
  webhook_lanes_under_way: {
    type: 'gauge',
    help: 'Conversations that receivers are being told of at this moment.',
  },
  webhooks_paused_total: {
    type: 'counter',
    help: 'Webhooks that were paused because they could not go on.',
    labels: ['why'],
  },
  webhook_lag_events: { type: 'gauge', help: 'Events that are not noted for webhooks yet.' },
  mail_total: {
    type: 'counter',
    help: 'Attempts to send mails, by kind, and by what came of them: `sent`, `later`, `trouble` (of the server), `dropped`, `dead`.',
    labels: ['kind', 'result'],
  },
  mail_seconds: { type: 'histogram', help: 'Until a mail was taken or refused.', buckets: SECONDS },
  mail_waiting: { type: 'gauge', help: 'Mails that wait to be sent, counted to 1,000.' },
  mail_server_up: { type: 'gauge', help: '0: the server that takes our mail does not, and is asked seldom.' },
  mail_lag_events: { type: 'gauge', help: 'Events that mail has not looked at yet.' },
  push_outcomes_total: {
    type: 'counter',
    help: 'Notifications that were settled, by route kind (`none`: no attempt) and by what became of them.',
    labels: ['kind', 'outcome'],
  },
  push_attempts_total: {
    type: 'counter',
    help: 'Attempts to have a vendor take a notification, by what came of it.',
    labels: ['kind', 'outcome'],
  },
  push_attempt_seconds: {
    type: 'histogram',
    help: 'Time of attempts to have a vendor take a notification.',
    labels: ['kind'],
    buckets: SECONDS,
  },
  push_wait_seconds: {
    type: 'histogram',
    help: 'Time from the event until a vendor took its notification.',
    buckets: [0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 1_800, 21_600, 86_400],
  },
  push_queue_length: {
    type: 'gauge',
    help: 'Notifications that are to be sent, counted to 100,000; every worker tells the same.',
  },
  push_under_way: { type: 'gauge', help: 'Notifications that this process is sending.' },
  push_breakers_open: {
    type: 'gauge',
    help: 'Vendors, or hosts of endpoints, that are left alone for a while because they fail.',
    labels: ['kind'],
  },
  push_lag_events: { type: 'gauge', help: 'Events that push has not looked at yet.' },
  media_uploads_total: { type: 'counter', help: 'Files that were uploaded.', labels: ['kind'] },
  media_bytes_total: {
    type: 'counter',
    help: 'Bytes of files: `in` uploaded, `out` fetched from here.',
    labels: ['way'],
  },
  media_removed_total: {
    type: 'counter',
    help: 'Files that were removed: `unreferenced` (no message has them), `old`.',
    labels: ['why'],
  },
  http_requests_total: { type: 'counter', help: 'HTTP requests.', labels: ['route', 'status'] },
  http_seconds: { type: 'histogram', help: 'Time of HTTP requests.', labels: ['route'], buckets: SECONDS },
  event_loop_delay_seconds: {
    type: 'gauge',
    help: 'Delay of the event loop since the last scrape.',
    labels: ['quantile'],
  },
} as const satisfies Record<string, Definition>;

type Instrument<D> = D extends { type: 'counter' }
  ? Counter<string>
  : D extends { type: 'gauge' }
    ? Gauge<string>
    : Histogram<string>;

export type Metrics = { [Name in keyof typeof definitions]: Instrument<(typeof definitions)[Name]> } & {
  /** The page of `GET /metrics`. */
  page(): Promise<{ type: string; text: string }>;
  stop(): void;
};

/** Makes the instruments in a registry of their own: two servers in one process do not share numbers. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const made: Record<string, unknown> = {};
  for (const [name, definition] of Object.entries(definitions) as [string, Definition][]) {
    const common = {
      name: `dunlin_${name}`,
      help: definition.help,
      labelNames: definition.labels ?? [],
      registers: [registry],
    };
    if (definition.type === 'counter') made[name] = new Counter(common);
    else if (definition.type === 'gauge') made[name] = new Gauge(common);
    else
      made[name] = new Histogram({
        ...common,
        ...(definition.buckets === undefined ? {} : { buckets: [...definition.buckets] }),
      });
  }
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  const metrics = made as Omit<Metrics, 'page' | 'stop'>;
  return {
    ...metrics,
    async page() {
      for (const quantile of [50, 99, 100]) {
        const nanoseconds = quantile === 100 ? delay.max : delay.percentile(quantile);
        metrics.event_loop_delay_seconds.labels({ quantile: String(quantile / 100) }).set(nanoseconds / 1e9);
      }
      delay.reset();
      return { type: registry.contentType, text: await registry.metrics() };
    },
    stop: () => delay.disable(),
  };
}

/** docs/METRICS.md. */
export function metricsPage(): string {
  const rows = (Object.entries(definitions) as [string, Definition][]).map(
    ([name, { type, help, labels }]) =>
      `| \`dunlin_${name}\` | ${type} | ${labels?.map((l) => `\`${l}\``).join(', ') ?? ''} | ${help} |`,
  );
  return `# Metrics

Written by \`npm run docs\` from \`platform/metrics.ts\`. Served at \`/metrics\` on the metrics port, together with the
process metrics of prom-client.

| name | type | labels | what |
|---|---|---|---|
${rows.join('\n')}
`;
}
