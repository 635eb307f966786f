import type { FanOut } from './fan-out.ts';
import { beginning, type Loading } from './loading.ts';
import { pauseMs } from './pauses.ts';
import { Position } from './position.ts';
import type { Pump } from './pump.ts';

/** Devices that are looked after at once: those who connect meanwhile are not to wait behind all who are connected. */
const MOST_AT_ONCE = 4;

/** What is to be found out for one device. */
interface Task {
  /** All that there may be: the heads of all streams, and new ones. */
  everything: boolean;
  /** Streams of which events are missing, with the newest that is known. */
  jumped: Map<string, number>;
  /** Streams that were new to the device, so that nobody followed how far they came. */
  fresh: Set<string>;
}

export interface RefreshingParts {
  loading: Loading;
  fanOut: Pick<FanOut, 'place'>;
  onError: (error: unknown) => void;
}

/**
 * Finds out what the event stream did not tell: for each connected device which part of which stream is its user's, and how far the
 * streams have come. A position does not go on over what is missing until then: the user may have been removed in it.
 */
export class Refreshing {
  readonly #parts: RefreshingParts;
  readonly #tasks = new Map<Pump, Task>();
  /** Gaps that were told while they were being loaded, which may have been too early to see them. */
  readonly #loading = new Set<Pump>();
  #working = 0;
  #failures = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(parts: RefreshingParts) {
    this.#parts = parts;
  }

  /** Devices that wait for it. */
  get waiting(): number {
    return this.#tasks.size;
  }

  jumped(pump: Pump, stream: string, seq: number): void {
    const { jumped } = this.#task(pump);
    jumped.set(stream, Math.max(seq, jumped.get(stream) ?? 0));
    this.#work();
  }

  everything(pump: Pump): void {
    // What it loads when it is subscribed to something is new enough.
    if (pump.state === 'waiting') return;
    if (pump.state === 'loading') this.#loading.add(pump);
    else this.#task(pump).everything = true;
    this.#work();
  }

  /** It runs now. */
  started(pump: Pump): void {
    if (this.#loading.delete(pump)) this.everything(pump);
  }

  forget(pump: Pump): void {
    this.#tasks.delete(pump);
    this.#loading.delete(pump);
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#tasks.clear();
  }

  #task(pump: Pump): Task {
    const known = this.#tasks.get(pump);
    if (known !== undefined) return known;
    const task: Task = { everything: false, jumped: new Map(), fresh: new Set() };
    this.#tasks.set(pump, task);
    return task;
  }

  #work(): void {
    while (this.#timer === null && this.#working < MOST_AT_ONCE && this.#tasks.size > 0) {
      const [pump, task] = this.#tasks.entries().next().value!;
      this.#tasks.delete(pump);
      this.#working++;
      void this.#do(pump, task).finally(() => {
        this.#working--;
        this.#work();
      });
    }
  }

  async #do(pump: Pump, task: Task): Promise<void> {
    try {
      await this.#refresh(pump, task);
      this.#failures = 0;
    } catch (error) {
      this.#parts.onError(error);
      this.#again(pump, task);
    }
  }

  /** To the end of the line: what fails for one may do for the others. */
  #again(pump: Pump, { everything, jumped, fresh }: Task): void {
    if (pump.closed) return;
    const task = this.#task(pump);
    task.everything ||= everything;
    for (const stream of fresh) task.fresh.add(stream);
    for (const [stream, seq] of jumped) task.jumped.set(stream, Math.max(seq, task.jumped.get(stream) ?? 0));
    this.#timer ??= setTimeout(
      () => {
        this.#timer = null;
        this.#work();
      },
      pauseMs(++this.#failures),
    ).unref();
  }

  async #refresh(pump: Pump, task: Task): Promise<void> {
    const { loading, fanOut } = this.#parts;
    const heads = new Map(task.jumped);
    const streams = task.everything ? pump.positions.keys() : task.fresh;
    await loading.heads([...streams], pump, ({ stream, seq }) => {
      heads.set(stream, Math.max(seq, heads.get(stream) ?? 0));
    });
    // After the heads: who was removed before one of them is known to be.
    const delivered = await loading.memberships(pump.actor.user, pump);
    if (delivered === undefined || pump.closed) return;
    for (const { conversation, ranges } of delivered) {
      const position = pump.positions.get(conversation);
      if (position !== undefined) position.learn(ranges);
      else {
        const begins = ranges.map((range) => ({ ...range }));
        fanOut.place(new Position(pump, conversation, begins, beginning(begins)));
        this.#task(pump).fresh.add(conversation);
      }
    }
    for (const [stream, seq] of heads) {
      const position = pump.positions.get(stream);
      if (position === undefined) continue;
      position.head = Math.max(position.head, seq);
      pump.wake(position);
    }
    pump.run();
  }
}
