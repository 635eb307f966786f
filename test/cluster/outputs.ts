import type { Cluster } from './cluster.ts';

const LINES = 40;
/** What is said at every start. */
const BANNER = /^Dunlin |npm run chat/;
const LEVELS = ['warn', 'error', 'fatal'];

/** The newest warnings and errors, and what is no line of the log (a stack, say), of every process. */
export function outputs({ brokers, messages, gateways }: Cluster): string {
  return Object.entries({ brokers, messages, gateways })
    .flatMap(([role, servers]) =>
      servers.map(({ output }, n) => {
        const lines = output.split('\n').filter(tells);
        return `${role} ${n}: ${lines.length} lines\n${lines.slice(-LINES).join('\n')}`;
      }),
    )
    .join('\n');
}

function tells(line: string): boolean {
  if (line === '') return false;
  try {
    return LEVELS.includes(JSON.parse(line).level);
  } catch {
    return !BANNER.test(line);
  }
}
