import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { RunningEngine } from './engine.ts';
import { type EngineName, kinds } from './index.ts';
import { variableOf } from './shared.ts';

/**
 * Starts the real servers, runs a command with their URLs in its environment, and stops them:
 * `node test/engines/run.ts [--only redis,kafka] [command …]`; without a command all tests that need them. MongoDB is a real one when
 * `MONGODB_URL` is given.
 */
async function main(args: string[]): Promise<number> {
  let names = Object.keys(kinds) as EngineName[];
  let rest = args;
  if (rest[0] === '--only') {
    names = rest[1]!.split(',') as EngineName[];
    rest = rest.slice(2);
  }
  const [program, ...parameters] = rest.length > 0 ? rest : testCommand();
  const running: RunningEngine[] = [];
  const env: NodeJS.ProcessEnv = { ...process.env };
  const dispose = () => Promise.all(running.map((engine) => engine.dispose()));
  try {
    for (const name of names) {
      const kind = kinds[name];
      const missing = await kind.missing();
      if (missing !== null) {
        if (process.env.CI) throw new Error(`${name}: ${missing}`);
        console.log(`${name} is missing: ${missing}. Tests that need it are skipped.`);
        continue;
      }
      await kind.prepare();
      const engine = await kind.start();
      running.push(engine);
      env[variableOf(name)] = engine.url;
    }
    const child = spawn(program!, parameters, { stdio: 'inherit', env });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
    const [code] = (await once(child, 'exit')) as [number | null];
    return code ?? 1;
  } finally {
    await dispose();
  }
}

function testCommand(): string[] {
  return [
    process.execPath,
    '--test',
    '--test-timeout=600000',
    '--test-concurrency=1',
    '**/*.services-test.ts',
  ];
}

process.exit(await main(process.argv.slice(2)));
