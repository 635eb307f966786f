import type { Storage } from '../../../sdk/index.ts';
import { isPast, type Rule } from './rules.ts';

export interface Sensor {
  topic: string;
  rule: Rule;
  past: boolean;
  /** What the group was told last. */
  told: boolean;
  /** How often it passed the limit, and came back, since then. */
  changes: number;
  value: number;
}

/** More are not watched. */
const MOST = 1_000;
const PREFIX = 'bridge/sensor/';

/** What is known of each sensor. What the group must hear of outlives the process. */
export class Sensors {
  readonly #storage: Storage;
  readonly #rules: readonly Rule[];
  readonly #all = new Map<string, Sensor>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(storage: Storage, rules: readonly Rule[]) {
    this.#storage = storage;
    this.#rules = rules;
  }

  get all(): Sensor[] {
    return [...this.#all.values()];
  }

  /** Those of which the group does not know how they are. */
  get news(): Sensor[] {
    return this.all.filter(({ changes }) => changes > 0);
  }

  /** What is left of rules that there are no more is forgotten. */
  async load(): Promise<void> {
    const rules = new Map(this.#rules.map((rule) => [JSON.stringify(rule), rule]));
    for (const [key, text] of await this.#storage.list(PREFIX)) {
      const kept = JSON.parse(text) as Sensor;
      const rule = rules.get(JSON.stringify(kept.rule));
      if (rule === undefined) await this.#storage.write([[key, null]]);
      else this.#all.set(key, { ...kept, rule });
    }
  }

  /** One after the other, so that no reading comes between what is told and what is written of it. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    return done;
  }

  /** True: it has passed the limit, or is back. False: nothing new. Null: it is one too many. */
  take(topic: string, rule: Rule, value: number): Promise<boolean | null> {
    return this.alone(() => this.#take(topic, rule, value));
  }

  async #take(topic: string, rule: Rule, value: number): Promise<boolean | null> {
    const key = `${PREFIX}${this.#rules.indexOf(rule)}/${topic}`;
    const known = this.#all.get(key);
    if (known === undefined && this.#all.size >= MOST) return null;
    const sensor = known ?? { topic, rule, past: false, told: false, changes: 0, value };
    this.#all.set(key, sensor);
    sensor.value = value;
    const past = isPast(rule, sensor.past, value);
    if (past === sensor.past) return false;
    const changed = { ...sensor, past, changes: sensor.changes + 1 };
    await this.#storage.write([[key, JSON.stringify(changed)]]);
    Object.assign(sensor, changed);
    return true;
  }

  /** What the group is told now; `beside` is written in one with that. To be called within {@link alone}, with what is news there. */
  async tell(told: readonly Sensor[], beside: [key: string, value: string | null][]): Promise<void> {
    const entries: [string, string | null][] = [];
    for (const [key, sensor] of this.#all) {
      if (!told.includes(sensor)) continue;
      const after = { ...sensor, told: sensor.past, changes: 0 };
      // Normal, and known to be: as if it had never been heard of.
      entries.push([key, after.past ? JSON.stringify(after) : null]);
    }
    await this.#storage.write([...entries, ...beside]);
    for (const sensor of told) Object.assign(sensor, { told: sensor.past, changes: 0 });
  }
}
