import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import type { Account } from './account.ts';
import type { Payload } from './device.ts';
import type { Server } from './server.ts';

/** Why tests with Debian's mosquitto-clients cannot run here; false when they can. */
export function mosquittoMissing(): string | false {
  try {
    execFileSync('mosquitto_pub', ['--help'], { stdio: 'ignore' });
  } catch (error) {
    // `--help` exits with 1; only a missing program is a reason.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'mosquitto-clients is not installed';
  }
  return false;
}

interface Options {
  tls?: { ca: string };
}

function connection(server: Server, who: Account, options: Options): string[] {
  const port = options.tls === undefined ? server.mqttPort : server.mqttsPort;
  return [
    ...[
      '-h',
      '127.0.0.1',
      '-p',
      String(port),
      '-i',
      who.device,
      '-u',
      who.user,
      '-P',
      who.deviceToken,
      '-q',
      '1',
      '-V',
      'mqttv311',
    ],
    ...(options.tls === undefined ? [] : ['--cafile', options.tls.ca]),
  ];
}

/** mosquitto_sub with a persistent session; its lines as payloads. */
export class MosquittoSub {
  readonly payloads: Payload[] = [];
  readonly #child: ChildProcess;
  #rest = '';

  constructor(server: Server, who: Account, topics: string[], options: Options = {}) {
    this.#child = spawn(
      'mosquitto_sub',
      [...connection(server, who, options), '-c', ...topics.flatMap((t) => ['-t', t])],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    this.#child.stdout!.on('data', (chunk: Buffer) => {
      const lines = (this.#rest + chunk.toString()).split('\n');
      this.#rest = lines.pop()!;
      for (const line of lines) this.payloads.push(JSON.parse(line));
    });
  }

  async until<T>(check: (payloads: Payload[]) => T, what: string): Promise<NonNullable<T>> {
    const deadline = Date.now() + 10_000;
    for (;;) {
      const value = check(this.payloads);
      if (value) return value as NonNullable<T>;
      if (Date.now() > deadline)
        throw new Error(`mosquitto_sub waited in vain for ${what}; it has ${JSON.stringify(this.payloads)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Gone without DISCONNECT. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exit = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGKILL');
    await exit;
  }
}

/** mosquitto_pub, once; resolves when it exits, which at QoS 1 is after the PUBACK. */
export async function mosquittoPub(
  server: Server,
  who: Account,
  topic: string,
  payload: string,
  options: Options = {},
): Promise<void> {
  const child = spawn('mosquitto_pub', [...connection(server, who, options), '-t', topic, '-m', payload], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  const code = await new Promise((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(`mosquitto_pub: ${code} ${complaint}`);
}
