/** Measures Dunlin beside its peers: `npm run bench`. What is measured, and why so, is in bench/README.md. */
import { writeFile } from 'node:fs/promises';
import { generate } from './generator/process.ts';
import { machine } from './machine.ts';
import { type Options, parseOptions, usage } from './options.ts';
import { faults, type Row, section, table } from './report.ts';
import type { Case, Scenario } from './scenarios.ts';
import { sets } from './sets.ts';
import type { System } from './systems/system.ts';

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
      .filter((system) => (one.systems ?? scenario.systems).includes(system.name))
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

// What was started ends with us, each at `exit`, which a signal alone would not come to.
process.setMaxListeners(0);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

const known = Object.fromEntries(
  Object.entries(sets).map(([name, { scenarios, systems }]) => [
    name,
    { scenarios: scenarios.map((one) => one.number), systems: systems.map((one) => one.name) },
  ]),
);
const options = (() => {
  try {
    return parseOptions(process.argv.slice(2), known);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${usage(known)}`);
    process.exit(2);
  }
})();

const { scenarios, systems: all, title, page, command } = sets[options.set]!;
const missing = new Set<string>();
const systems: System[] = [];
for (const system of all.filter((one) => options.systems.includes(one.name))) {
  const reason = await system.missing();
  if (reason === null) systems.push(system);
  else missing.add(`Not measured: ${system.label}: ${reason}.`);
}

const parts = [
  `# ${title}`,
  `Written by \`${command}\`. Medians of ${options.runs} runs, ${options.seconds} s each after a warm-up; every run on a fresh server process, the systems taking turns, the load generator in a process of its own on the same machine.`,
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
if (options.write) await writeFile(new URL(page, import.meta.url), `${parts.join('\n\n')}\n`);
process.exit(failed ? 1 : 0);
