#!/usr/bin/env node
/** Runs one of the examples: `npm run bot -- echo --credentials echo.json`. */
import { echo } from './echo/echo.ts';
import { type Example, UsageError } from './example.ts';
import { readOptions, usage } from './options.ts';
import { reminder } from './reminder/reminder.ts';
import { run } from './run.ts';
import { sensorBridge } from './sensor-bridge/sensor-bridge.ts';

const examples: Readonly<Record<string, Example>> = { echo, reminder, 'sensor-bridge': sensorBridge };

const [name = '', ...args] = process.argv.slice(2);
const example = Object.hasOwn(examples, name) ? examples[name]! : null;

async function main(): Promise<number> {
  if (example === null) {
    const list = Object.entries(examples).map(([one, { what }]) => `  ${one.padEnd(14)} ${what}`);
    process.stderr.write(`Usage: npm run bot -- NAME --credentials FILE [options]\n\n${list.join('\n')}\n`);
    return name === '' || name === '--help' ? 0 : 2;
  }
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  try {
    const options = readOptions(example, args, process.env);
    if (options === null) process.stdout.write(`${usage(name, example)}\n`);
    else await run(example, options, process.env, stop.signal);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${usage(name, example)}\n`);
    return 2;
  }
}

process.exitCode = await main();
