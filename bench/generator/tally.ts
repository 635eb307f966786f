import { Histogram } from '../stats.ts';
import type { Process } from '../systems/system.ts';
import type { Measure } from './job.ts';
import { Usage } from './usage.ts';

/** A phase that makes no progress for so long has lost something. */
const STALL_MS = 15_000;

/** What happened in one phase of a load, over all its connections. */
export class Tally {
  sent = 0;
  acked = 0;
  delivered = 0;
  /** Deliveries that a receiver had had before. */
  duplicates = 0;
  /** Deliveries that came before an earlier message of the same sender. */
  misordered = 0;
  /** Messages for somebody else. */
  strays = 0;
  /** PUBLISHes that are no message: receipts and the like. */
  notices = 0;
  refusals = new Map<string, number>();
  latency = new Histogram();
  lastDeliveryAt = 0;
  #startedAt = 0;
  #ownCpu = 0;
  readonly #usage: Usage;

  constructor(processes: readonly Process[]) {
    this.#usage = new Usage(processes);
  }

  start(): void {
    this.sent = this.acked = this.delivered = 0;
    this.notices = 0;
    this.latency = new Histogram();
    this.#usage.start();
    this.#ownCpu = ownCpu();
    this.#startedAt = performance.now();
    this.lastDeliveryAt = this.#startedAt;
  }

  /** Waits until every send is acknowledged and `expected()` deliveries have come, or nothing comes any more. */
  async settle(expected: () => number): Promise<void> {
    let seen = -1;
    let since = performance.now();
    while (this.acked < this.sent || this.delivered < expected()) {
      const progress = this.acked + this.delivered;
      const now = performance.now();
      if (progress !== seen) {
        seen = progress;
        since = now;
      } else if (now - since > STALL_MS) return;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  /** The figures of the phase: rates are from its start to its last delivery. */
  end(expected: number): Measure {
    const millis = this.lastDeliveryAt - this.#startedAt;
    const cpu = this.#usage.spent();
    const own = ownCpu() - this.#ownCpu;
    const elapsed = performance.now() - this.#startedAt;
    return {
      millis,
      sends: this.sent,
      sendRate: (this.sent / millis) * 1000,
      deliveryRate: (this.delivered / millis) * 1000,
      otherRate: (this.notices / millis) * 1000,
      p50: this.latency.percentile(0.5) / 1000,
      p99: this.latency.percentile(0.99) / 1000,
      ...cpu.measure(this.sent, this.delivered),
      serverCpu: cpu.ours / 10 / elapsed,
      ownCpu: own / 10 / elapsed,
      unacked: this.sent - this.acked,
      lost: expected - this.delivered,
      duplicates: this.duplicates,
      misordered: this.misordered,
      strays: this.strays,
      refused: [...this.refusals.values()].reduce((sum, count) => sum + count, 0),
    };
  }
}

function ownCpu(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
