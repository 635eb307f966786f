/** `npm run certs`: a development authority and a server certificate, in one command. */
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makeCertificates } from './certificates.ts';

const USAGE = `Usage: npm run certs -- [NAME…] [--folder FOLDER] [--force]

  NAME             a further host name or IP address that clients know this server by
                   (localhost, 127.0.0.1, ::1 and this machine's name are in it anyway)
  --folder FOLDER  where the files go        (default certs/)
  --force          replace the authority that is there: whoever trusted it has to trust the new one`;

/** This machine's name, where it is one that a certificate can carry. */
function ownNames(): string[] {
  const name = hostname().toLowerCase();
  return /^[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(name) ? [name] : [];
}

async function main(): Promise<number> {
  let options: { folder: string; force: boolean; help: boolean };
  let extra: string[];
  try {
    const parsed = parseArgs({
      allowPositionals: true,
      options: {
        folder: { type: 'string', default: fileURLToPath(new URL('.', import.meta.url)) },
        force: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    options = parsed.values;
    extra = parsed.positionals;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${USAGE}\n`);
    return 2;
  }
  if (options.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }

  const folder = resolve(options.folder);
  const [ca, chain, key] = ['ca.pem', 'server.pem', 'server.key'].map((file) => join(folder, file)) as [
    string,
    string,
    string,
  ];
  if (existsSync(ca) && !options.force) {
    process.stderr.write(
      `${ca} is there already, and somebody may trust it. --force makes a new one in its place.\n`,
    );
    return 1;
  }
  const names = ['localhost', '127.0.0.1', '::1', ...ownNames(), ...extra];
  let made: Awaited<ReturnType<typeof makeCertificates>>;
  try {
    made = await makeCertificates(names);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    process.stderr.write(`${error.message}\n\n${USAGE}\n`);
    return 2;
  }
  mkdirSync(folder, { recursive: true });
  // `mode` counts for a new file only: one that is there is narrowed before the key goes into it.
  if (existsSync(key)) chmodSync(key, 0o600);
  writeFileSync(key, made.key, { mode: 0o600 });
  writeFileSync(chain, made.chain);
  writeFileSync(ca, made.ca);
  process.stdout.write(`A certificate for ${[...new Set(names)].join(', ')}.

Start Dunlin with it:
  npm start -- --mqtts.enabled --tls.cert=${chain} --tls.key=${key}

Listen to it (user id, device id and device token come from POST /register):
  mosquitto_sub --cafile ${ca} -h localhost -p 8883 -V mqttv311 -q 1 -c \\
    -i DEVICE -u USER -P DEVICE_TOKEN -t 'users/USER/inbox' -t 'users/USER/devices/DEVICE/inbox'

MQTT.js, Node: ca: readFileSync('${ca}').  For development only: for a public server get a certificate of a public authority.
`);
  return 0;
}

process.exitCode = await main();
