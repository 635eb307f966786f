import { loadConfig } from '../../platform/config/load.ts';
import { askServer, type ControlRequest } from '../control.ts';

const USAGE = 'Usage: dunlin admin invite [--admin] | dunlin admin grant NAME';

export async function admin([what, ...rest]: string[]): Promise<number> {
  let request: ControlRequest;
  let settings = rest;
  if (what === 'invite') {
    request = { command: 'invite', admin: rest.includes('--admin') };
    settings = rest.filter((arg) => arg !== '--admin');
  } else if (what === 'grant' && rest[0] !== undefined && !rest[0].startsWith('--')) {
    request = { command: 'grant', argument: rest[0] };
    settings = rest.slice(1);
  } else throw new Error(USAGE);
  const { config } = loadConfig(settings, process.env);
  const answer = await askServer(config.data.folder, request);
  if (answer === null) throw new Error(`No server runs on ${config.data.folder}: start it first.`);
  process.stdout.write(`${answer}\n`);
  return 0;
}
