import { scenarios as scaledOut } from './scenarios.scaled-out.ts';
import { type Scenario, scenarios as single } from './scenarios.ts';
import { aedes } from './systems/aedes.ts';
import { aedesRedis } from './systems/aedes-redis.ts';
import { cluster } from './systems/cluster.ts';
import { dunlin } from './systems/dunlin.ts';
import { mosquitto } from './systems/mosquitto.ts';
import type { System } from './systems/system.ts';

/** Scenarios and systems that belong together, and the page that is written of them. */
export interface BenchSet {
  scenarios: Scenario[];
  systems: System[];
  title: string;
  page: string;
  /** For who wants to take the figures again. */
  command: string;
}

export const sets: Record<string, BenchSet> = {
  single: {
    scenarios: single,
    systems: [aedes, mosquitto, dunlin],
    title: 'Benchmark results',
    page: 'RESULTS.md',
    command: 'npm run bench -- --write',
  },
  'scaled-out': {
    scenarios: scaledOut,
    systems: [
      aedesRedis(1),
      aedesRedis(2),
      dunlin,
      cluster({ brokers: 1, messages: 1, log: 'kafka' }),
      cluster({ brokers: 2, messages: 1, log: 'kafka' }),
      cluster({ brokers: 3, messages: 1, log: 'kafka' }),
      cluster({ brokers: 1, messages: 1, log: 'redis' }),
      cluster({ brokers: 1, messages: 1, log: 'kafka', history: 'sqlite' }),
    ],
    title: 'Benchmark results, scaled out',
    page: 'RESULTS.scaled-out.md',
    command: 'npm run bench -- --set scaled-out --write',
  },
};
