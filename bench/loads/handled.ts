import type { Target } from '../systems/system.ts';

/** The gauge is set once a second: it is believed when it has said so for longer. */
const BETWEEN_MS = 600;
const READINGS = 3;
const MOST_MS = 120_000;

/** Resolves when everything that was accepted is handled. @throws when it takes too long */
export async function handled({ backlogs = [] }: Target): Promise<void> {
  const deadline = Date.now() + MOST_MS;
  for (let empty = 0; empty < READINGS && backlogs.length > 0; ) {
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
    const left = await Promise.all(backlogs.map(backlog));
    empty = left.every((count) => count === 0) ? empty + 1 : 0;
    if (Date.now() > deadline) throw new Error(`accepted and not handled: ${left.join(', ')}`);
  }
}

async function backlog(url: string): Promise<number> {
  const text = await (await fetch(url)).text();
  return Number(/^dunlin_pipeline_lag (\S+)$/m.exec(text)?.[1]);
}
