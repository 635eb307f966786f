import { setTimeout as pause } from 'node:timers/promises';
import type { Engine } from '../engine.ts';
import { isConflict } from './trouble.ts';

/** How often a transaction that was undone for another's sake is tried again. */
const RETRIES = 4;
const MOST_PAUSE_MS = 20;

/**
 * The port with each of its methods as one call of the engine, a transaction with all of its statements too: one deadline, and one count.
 * Methods are plain functions of one transaction at most, so that they can be tried again.
 */
export function throughEngine<Port extends object>(port: Port, engine: Engine): Port {
  const bounded: Record<string, unknown> = {};
  for (const [name, method] of Object.entries(port) as [string, Method][])
    bounded[name] = (...given: unknown[]) => engine.run(() => persevering(() => method(...given)));
  return bounded as Port;
}

type Method = (...given: unknown[]) => Promise<unknown>;

async function persevering<T>(work: () => Promise<T>): Promise<T> {
  for (let left = RETRIES; ; left--) {
    try {
      return await work();
    } catch (error) {
      if (left === 0 || !isConflict(error)) throw error;
    }
    await pause(Math.random() * MOST_PAUSE_MS);
  }
}
