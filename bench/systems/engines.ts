import type { RunningEngine } from '../../test/engines/engine.ts';
import { type EngineName, kinds } from '../../test/engines/index.ts';
import type { Process } from './system.ts';

const running = new Map<EngineName, RunningEngine>();

/** Why one of them cannot be started here; null: they can. */
export async function missingEngines(names: readonly EngineName[]): Promise<string | null> {
  for (const name of names) {
    const missing = await kinds[name].missing();
    if (missing !== null) return `${name}: ${missing}`;
  }
  return null;
}

/** Real servers, each started once for all systems and figures of a run. */
export async function engine(name: EngineName): Promise<RunningEngine> {
  let started = running.get(name);
  if (started === undefined) {
    await kinds[name].prepare();
    started = await kinds[name].start();
    running.set(name, started);
  }
  return started;
}

/** As parts of a system that stands on them; those that run elsewhere cannot be measured. */
export async function processesOf(names: readonly EngineName[]): Promise<Process[]> {
  const processes: Process[] = [];
  for (const name of names) {
    const { pid } = await engine(name);
    if (pid !== null) processes.push({ name, pid, ours: false });
  }
  return processes;
}

export async function disposeEngines(): Promise<void> {
  const all = [...running.values()];
  running.clear();
  await Promise.all(all.map((one) => one.dispose()));
}
