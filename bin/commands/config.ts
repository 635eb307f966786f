import { loadConfig } from '../../platform/config/load.ts';
import { printConfig } from '../../platform/config/print.ts';

export async function config([what, ...args]: string[]): Promise<number> {
  if (what !== 'check' && what !== 'print') throw new Error('Usage: dunlin config check | print');
  const loaded = loadConfig(args, process.env);
  process.stdout.write(what === 'print' ? `${printConfig(loaded)}\n` : 'The configuration is right.\n');
  return 0;
}
