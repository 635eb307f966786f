import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

export interface Options {
  user: string;
  server: string;
  mqtt: string;
  folder: string;
  invitation: string | undefined;
  /** Rings for messages that come while one looks elsewhere. */
  bell: boolean;
  help: boolean;
}

export const USAGE = `Usage: npm run chat -- --user NAME [options]

  --user NAME         who you are: signs in, or registers a new name
  --server URL        the server's HTTP address   (default http://127.0.0.1:8080)
  --mqtt URL          its MQTT address: mqtt://, mqtts://, ws://, wss://
                      (default: WebSocket at the server's address)
  --invitation CODE   where registration needs one
  --data FOLDER       where messages are kept     (default ~/.dunlin)
  --bell              rings for messages that come while you look elsewhere

The password is asked for, or read from DUNLIN_PASSWORD.`;

/** @throws {TypeError} for an unknown option, or an address that is none */
export function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      user: { type: 'string' },
      server: { type: 'string', default: 'http://127.0.0.1:8080' },
      mqtt: { type: 'string' },
      data: { type: 'string', default: join(homedir(), '.dunlin') },
      invitation: { type: 'string' },
      bell: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const server = values.server.replace(/\/$/, '');
  if (!/^https?:$/.test(URL.parse(server)?.protocol ?? ''))
    throw new TypeError(`--server ${JSON.stringify(server)}: not an HTTP address`);
  if (values.mqtt !== undefined && !/^(mqtts?|wss?):$/.test(URL.parse(values.mqtt)?.protocol ?? ''))
    throw new TypeError(
      `--mqtt ${JSON.stringify(values.mqtt)}: must begin with mqtt://, mqtts://, ws:// or wss://`,
    );
  return {
    user: (values.user ?? '').toLowerCase(),
    server,
    mqtt: values.mqtt ?? `${server.replace(/^http/, 'ws')}/ws`,
    folder: values.data,
    invitation: values.invitation,
    bell: values.bell,
    help: values.help,
  };
}
