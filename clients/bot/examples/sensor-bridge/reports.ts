import type { Storage } from '../../../sdk/index.ts';
import type { Sensor, Sensors } from './sensors.ts';

/** Lines of one message. */
const MOST_LINES = 20;
const KEY = 'bridge/saying';
/** Where it could not be kept, milliseconds. */
const AGAIN_MS = 10_000;

/** What is said, and by what name: the same name is said once. */
export interface Report {
  name: string;
  /** Milliseconds since 1970. */
  time: number;
  text: string;
}

export interface Rate {
  /** Messages at most. */
  messages: number;
  /** In so long, milliseconds. */
  per: number;
}

/** Tells what is new of sensors, not more often than it may: what has to wait is told together, as it is by then. */
export class Reports {
  readonly #storage: Storage;
  readonly #sensors: Sensors;
  readonly #rate: Rate;
  readonly #say: (report: Report) => Promise<void>;
  readonly #failed: (error: unknown) => void;
  /** When the last ones were said, ascending. */
  readonly #said: number[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #telling: Promise<void> = Promise.resolve();
  #stopped = false;
  /** Kept, and not said yet. */
  #unsaid: Report | null = null;
  #last = 0;

  /** `say` may be called again with what it was called with, after a crash. */
  constructor(
    parts: { storage: Storage; sensors: Sensors; rate: Rate },
    say: (report: Report) => Promise<void>,
    failed: (error: unknown) => void,
  ) {
    this.#storage = parts.storage;
    this.#sensors = parts.sensors;
    this.#rate = parts.rate;
    this.#say = say;
    this.#failed = failed;
  }

  /** First what an earlier run was just saying. */
  async start(): Promise<void> {
    const left = await this.#storage.get(KEY);
    if (left !== undefined) this.#unsaid = JSON.parse(left) as Report;
    this.#last = this.#unsaid?.time ?? 0;
    await this.tell();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#telling;
  }

  /** Resolves when it is kept to be said, or has to wait. */
  tell(): Promise<void> {
    this.#telling = this.#telling.then(() => this.#tell());
    return this.#telling;
  }

  async #tell(): Promise<void> {
    if (this.#stopped) return;
    try {
      await this.#finish();
      await this.#sensors.alone(() => this.#write());
      await this.#finish();
    } catch (error) {
      this.#failed(error);
      this.#later(AGAIN_MS);
    }
  }

  /** What is news is to be said from now on, if it may be. */
  async #write(): Promise<void> {
    const { news } = this.#sensors;
    if (news.length === 0) return;
    const now = Date.now();
    const wait = this.#wait(now);
    if (wait > 0) return this.#later(wait);
    // No two of one name, whatever the clock does.
    this.#last = Math.max(now, this.#last + 1);
    const report = { name: `${this.#last}`, time: now, text: textOf(news) };
    await this.#sensors.tell(news, [[KEY, JSON.stringify(report)]]);
    this.#unsaid = report;
    this.#said.push(now);
  }

  async #finish(): Promise<void> {
    if (this.#unsaid === null) return;
    await this.#say(this.#unsaid);
    await this.#storage.write([[KEY, null]]);
    this.#unsaid = null;
  }

  /** Milliseconds until there is room for one more. */
  #wait(now: number): number {
    const { messages, per } = this.#rate;
    while (this.#said.length > 0 && (this.#said[0]! <= now - per || this.#said[0]! > now)) this.#said.shift();
    return this.#said.length < messages ? 0 : this.#said[0]! + per - now;
  }

  #later(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.tell(), ms);
  }
}

function textOf(news: readonly Sensor[]): string {
  const lines = news.slice(0, MOST_LINES).map(lineOf);
  if (news.length > MOST_LINES) lines.push(`… and ${news.length - MOST_LINES} more`);
  return lines.join('\n');
}

/** What is new of a sensor, in words. */
function lineOf({ topic, rule, past, told, changes, value }: Sensor): string {
  const { direction, limit, unit } = rule;
  const now = withUnit(value, unit);
  if (past && !told) return `⚠️ ${topic} is ${now}: ${direction} ${withUnit(limit, unit)}`;
  if (!past && told) return `✅ ${topic} is back to normal: ${now}`;
  const times = Math.ceil(changes / 2);
  const often = times === 1 ? 'once' : `${times} times`;
  return past
    ? `⚠️ ${topic} was back to normal ${often}, and is ${now}: ${direction} ${withUnit(limit, unit)}`
    : `↕️ ${topic} was ${direction} ${withUnit(limit, unit)} ${often}, and is back to normal: ${now}`;
}

export const withUnit = (value: number, unit: string): string => `${value}${unit === '' ? '' : ` ${unit}`}`;
