import { Connection, type Listener, openAll } from '../generator/connection.ts';
import type { Load, Measure } from '../generator/job.ts';
import { residentBytes } from '../proc.ts';
import type { Target, Wire } from '../systems/system.ts';

const WARM_CONNECTIONS = 100;
const COLLECTIONS = 4;
const BETWEEN_MS = 750;

/** Every user connects, subscribes to the inbox and stays: what a connection adds to resident memory at rest. */
export async function idle(
  target: Target,
  wire: Wire,
  { connections }: Extract<Load, { kind: 'idle' }>,
): Promise<Measure> {
  const listener: Listener = { publish: () => {} };
  const open = async (user: number) => {
    const connection = await Connection.of(target, user, listener);
    await connection.subscribe(wire.receives(target, user, null));
    return connection;
  };
  // What the first connections load and compile is the program's, not theirs.
  const warm = await openAll(Math.min(WARM_CONNECTIONS, connections), open);
  await Promise.all(warm.map((connection) => connection.close()));
  const before = await atRest(target);
  const started = performance.now();
  await openAll(connections, open);
  const millis = performance.now() - started;
  const after = await atRest(target);
  return {
    kibEach: (after - before) / connections / 1024,
    beforeMib: before / 1024 ** 2,
    afterMib: after / 1024 ** 2,
    connectRate: (connections / millis) * 1000,
  };
}

/** Those that have connections: the others do not change with them. */
const ours = ({ processes }: Target) => processes.filter(({ name, ours }) => ours && name === 'broker');

/** Resident bytes once garbage is collected and nothing moves any more. */
async function atRest(target: Target): Promise<number> {
  for (let i = 0; i < COLLECTIONS; i++) {
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
    if (target.collectsAtSignal) for (const { pid } of ours(target)) process.kill(pid, 'SIGUSR2');
  }
  await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
  return ours(target).reduce((sum, { pid }) => sum + residentBytes(pid), 0);
}
