import { cpus, release, totalmem, type } from 'node:os';

/** What the figures were taken on, as rows of a table. */
export function machine(): [string, string][] {
  const processors = cpus();
  return [
    ['processor', processors[0]?.model.trim() ?? 'unknown'],
    ['cores', String(processors.length)],
    ['memory', `${Math.round(totalmem() / 1024 ** 3)} GiB`],
    ['system', `${type()} ${release()}`],
    ['Node', process.version],
    ['date', new Date().toISOString().slice(0, 10)],
  ];
}
