/** Measures Dunlin beside its peers: `npm run bench`. What is measured, and why so, is in bench/README.md. */
import { writeFile } from 'node:fs/promises';
import { generate } from './generator/process.ts';
import { machine } from './machine.ts';
import { type Options, parseOptions, usage } from './options.ts';
import { faults, type Row, section, table } from './report.ts';
import { type Case, type Scenario, scenarios } from './scenarios.ts';
import { aedes } from './systems/aedes.ts';
import { dunlin } from './systems/dunlin.ts';
import { mosquitto } from './systems/mosquitto.ts';
import type { System } from './systems/system.ts';

const all: System[] = [aedes, mosquitto, dunlin];

/** One figure: a fresh server, a fresh load generator. */
async function take(system: System, { world, load }: Case, row: Row): Promise<void> {
  try {
    const running = await system.start(world);
    try {
      const { measure, notes } = await generate({ target: running.target, load });
      row.measures.push(measure);
      row.notes.push(...notes);
    } finally {
      await running.stop();
    }
  } catch (error) {
    row.notes.push(`failed: ${(error as Error).message}`);
  }
}

/** Systems take turns, run by run, so that a slow minute of the machine hits them all. */
async function measure(scenario: Scenario, systems: System[], options: Options): Promise<Row[]> {
  const takes = scenario.cases(options).flatMap((one) =>
    systems
      .filter((system) => scenario.systems.includes(system.name))
      .map((system) => ({
        one,
        system,
        row: { case: one.title, system: system.name, label: system.label, measures: [], notes: [] } as Row,
      })),
  );
  const runs = scenario.once ? 1 : options.runs;
  for (let run = 1; run <= runs; run++) {
    for (const { one, system, row } of takes) {
      process.stderr.write(
        `${scenario.number}. ${scenario.title}, ${one.title}: ${system.label}, run ${run} of ${runs}\n`,
      );
      await take(system, one, row);
    }
  }
  return takes.map(({ row }) => row);
}

const names = all.map((system) => system.name);
const options = (() => {
  try {
    return parseOptions(process.argv.slice(2), {
      scenarios: scenarios.map((one) => one.number),
      systems: names,
    });
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${usage}`);
    process.exit(2);
  }
})();

const missing: string[] = [];
const systems = all.filter((system) => {
  if (!options.systems.includes(system.name)) return false;
  const reason = system.missing();
  if (reason !== null) missing.push(`Not measured: ${reason}.`);
  return reason === null;
});

const parts = [
  '# Benchmark results',
  `Written by \`npm run bench -- --write\`. Medians of ${options.runs} runs, ${options.seconds} s each after a warm-up; every run on a fresh server process, the systems taking turns, the load generator in a process of its own on the same machine.`,
  table(['machine', ''], machine()),
  ...missing,
];
console.log(parts.slice(2).join('\n\n'));
let failed = false;
for (const scenario of scenarios.filter((one) => options.only.includes(one.number))) {
  const rows = await measure(scenario, systems, options);
  if (rows.length === 0) continue;
  failed ||= rows.some((row) => row.notes.length > 0 || faults(row.measures) !== '');
  const text = section(scenario, rows);
  console.log(`\n${text}`);
  parts.push(text);
}
await Promise.all(all.map((system) => system.dispose?.()));
if (options.write) await writeFile(new URL('RESULTS.md', import.meta.url), `${parts.join('\n\n')}\n`);
process.exit(failed ? 1 : 0);
