import { parseArgs } from 'node:util';

export interface Options {
  /** Name of the set of scenarios and systems. */
  set: string;
  /** Numbers of the scenarios to run. */
  only: number[];
  /** Names of the systems to run. */
  systems: string[];
  /** Measured seconds of each saturated or paced phase. */
  seconds: number;
  /** How often each figure is taken; the median counts. */
  runs: number;
  /** Write the set's page of results. */
  write: boolean;
  /** Messages in the conversation of the history scenario. */
  history: number;
}

/** What a set of the benchmark has. */
export interface Known {
  scenarios: number[];
  systems: string[];
}

export const usage = (sets: Record<string, Known>) => `node bench/run.ts [options]
  --set NAME          what to measure (default: ${Object.keys(sets)[0]})
${Object.entries(sets)
  .map(
    ([name, { scenarios, systems }]) =>
      `    ${name.padEnd(17)} scenarios ${scenarios.join(', ')} on ${systems.join(', ')}\n`,
  )
  .join('')}  --only 1,3          scenarios to run (default: all)
  --systems a,b       systems to run (default: all)
  --seconds N         measured seconds of each phase (default 5)
  --runs N            how often each figure is taken; the median counts (default 3)
  --history N         messages in the conversation of the history scenario (default 1000000)
  --write             write the page of results beside this file
`;

/** @throws with what is wrong and what is allowed */
export function parseOptions(args: string[], sets: Record<string, Known>): Options {
  const { values } = parseArgs({
    args,
    options: {
      set: { type: 'string', default: Object.keys(sets)[0]! },
      only: { type: 'string' },
      systems: { type: 'string' },
      seconds: { type: 'string', default: '5' },
      runs: { type: 'string', default: '3' },
      history: { type: 'string', default: '1000000' },
      write: { type: 'boolean', default: false },
    },
  });
  const [set] = list('set', values.set, Object.keys(sets)) as [string];
  const known = sets[set]!;
  return {
    set,
    only:
      values.only === undefined
        ? known.scenarios
        : list('only', values.only, known.scenarios.map(String)).map(Number),
    systems: values.systems === undefined ? known.systems : list('systems', values.systems, known.systems),
    seconds: atLeast('seconds', values.seconds, 0.5),
    runs: whole('runs', values.runs, 1),
    history: whole('history', values.history, 1000),
    write: values.write,
  };
}

/** In the order of `known`, so that a run does not depend on how it was asked for. */
function list(name: string, text: string, known: string[]): string[] {
  const asked = text.split(',').map((item) => item.trim());
  const unknown = asked.filter((item) => !known.includes(item));
  if (unknown.length > 0) throw new Error(`--${name}: ${unknown.join(', ')} is none of ${known.join(', ')}`);
  return known.filter((item) => asked.includes(item));
}

function atLeast(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!(value >= least && value < Number.POSITIVE_INFINITY)) {
    throw new Error(`--${name}: ${text} is not a number of at least ${least}`);
  }
  return value;
}

function whole(name: string, text: string, least: number): number {
  const value = atLeast(name, text, least);
  if (!Number.isInteger(value)) throw new Error(`--${name}: ${text} is not a whole number`);
  return value;
}
