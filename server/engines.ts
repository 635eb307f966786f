import type { Config } from '../platform/config/schema.ts';
import { Engine, type EngineParts } from '../platform/engine.ts';
import type { Logger } from '../platform/logging.ts';
import type { Metrics } from '../platform/metrics.ts';

export type EngineName = keyof Pick<Config['engines'], 'directory' | 'history' | 'log' | 'redis'>;

/** The servers that this process stands on: how long calls may take, and which of them answer. */
export class Engines {
  readonly #config: Config['engines'];
  readonly #metrics: Metrics;
  readonly #logger: Logger;
  readonly #down = new Set<EngineName>();

  constructor(config: Config['engines'], metrics: Metrics, logger: Logger) {
    this.#config = config;
    this.#metrics = metrics;
    this.#logger = logger;
  }

  /** By what they carry. */
  get down(): string[] {
    return [...this.#down].sort();
  }

  isDown(name: EngineName): boolean {
    return this.#down.has(name);
  }

  /** What every engine is made with. */
  parts(name: EngineName): Omit<EngineParts, 'name' | 'isTrouble'> & { onChange(up: boolean): void } {
    const { deadlineMs, callsAtOnce } = this.#config;
    const up = this.#metrics.engine_up.labels(name);
    const seconds = this.#metrics.engine_seconds;
    up.set(1);
    return {
      deadlineMs,
      most: callsAtOnce,
      onChange: (answers) => {
        up.set(answers ? 1 : 0);
        if (answers) this.#down.delete(name);
        else this.#down.add(name);
        this.#logger[answers ? 'info' : 'warn'](
          { engine: name },
          answers ? 'answers again' : 'does not answer',
        );
      },
      onCall: (took, result) => seconds.labels(name, result).observe(took),
    };
  }

  engine(name: EngineName, isTrouble: EngineParts['isTrouble']): Engine {
    return new Engine({ ...this.parts(name), name, isTrouble });
  }
}
