import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { RunningEngine } from '../engines/engine.ts';
import { type EngineName, kinds } from '../engines/index.ts';
import { unlimited } from '../harness/flags.ts';
import { type Reachable, Server } from '../harness/server.ts';
import { Balancer } from './balancer.ts';

export interface ClusterOptions {
  brokers?: number;
  messages?: number;
  gateways?: number;
  /** What carries the command log and the event stream. Default: kafka. */
  log?: 'kafka' | 'redis';
  /** Instead of one usual server of a kind. */
  engines?: Partial<Record<EngineName, () => Promise<RunningEngine>>>;
  /** Besides those of every test that floods. */
  flags?: readonly string[];
  /** Instead of this checkout: another version of the program. */
  root?: string;
}

/** Why it cannot be started here; null: it can. @throws {Error} it cannot, and this is CI, which installs what it needs */
export async function missingEngines(log: 'kafka' | 'redis' = 'kafka'): Promise<string | null> {
  for (const name of enginesOf(log)) {
    const missing = await kinds[name].missing();
    if (missing === null) continue;
    if (process.env.CI) throw new Error(`${name}: ${missing}`);
    return `${name}: ${missing}`;
  }
  return null;
}

const enginesOf = (log: 'kafka' | 'redis'): EngineName[] =>
  log === 'kafka' ? ['redis', 'postgres', 'mongodb', 'kafka'] : ['redis', 'postgres', 'mongodb'];

/** The program as several processes on real engines of their own, behind a balancer; every part of it may be hurt. */
export class Cluster implements Reachable {
  readonly engines: Readonly<Partial<Record<EngineName, RunningEngine>>>;
  readonly brokers: readonly Server[];
  readonly messages: readonly Server[];
  readonly gateways: readonly Server[];
  readonly #balancers: Record<'mqtt' | 'http' | 'ws', Balancer>;
  /** What a process of the cluster is started with: for one more, or for another version. */
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;

  private constructor(parts: {
    engines: Partial<Record<EngineName, RunningEngine>>;
    servers: Server[][];
    balancers: Record<'mqtt' | 'http' | 'ws', Balancer>;
    flags: readonly string[];
    env: Record<string, string>;
  }) {
    this.engines = parts.engines;
    [this.brokers, this.messages, this.gateways] = parts.servers as [Server[], Server[], Server[]];
    this.#balancers = parts.balancers;
    this.flags = parts.flags;
    this.env = parts.env;
  }

  static async started(options: ClusterOptions = {}): Promise<Cluster> {
    const { brokers = 2, messages = 2, gateways = 1, log = 'kafka' } = options;
    const engines: Partial<Record<EngineName, RunningEngine>> = {};
    const servers: Server[] = [];
    const balancers: Balancer[] = [];
    try {
      for (const name of enginesOf(log)) {
        await kinds[name].prepare();
        engines[name] = await (options.engines?.[name] ?? kinds[name].start)();
      }
      const flags = [...unlimited, ...flagsOf(engines), ...(options.flags ?? [])];
      const env = { DUNLIN_TOKENS_SIGNING_KEY: signingKey() };
      const make = async (count: number, role: string) => {
        const made: Server[] = [];
        for (let i = 0; i < count; i++) {
          const server = await Server.create({ flags: [...flags, `--role=${role}`], env, ...root(options) });
          servers.push(server);
          made.push(server);
        }
        return made;
      };
      const all = [
        await make(brokers, 'broker'),
        await make(messages, 'messages'),
        await make(gateways, 'gateway'),
      ] as const;
      // The first makes the tables and topics; the others find them.
      const [first, ...others] = all.flat();
      await first!.start();
      for (const server of others) await server.start();
      const balance = async (ports: number[]) => {
        const balancer = await Balancer.started(ports);
        balancers.push(balancer);
        return balancer;
      };
      const parts = {
        mqtt: await balance(all[0].map((server) => server.mqttPort)),
        ws: await balance(all[0].map((server) => server.httpPort)),
        http: await balance(all[2].map((server) => server.httpPort)),
      };
      return new Cluster({ engines, servers: [...all], balancers: parts, flags, env });
    } catch (error) {
      await disposeAll(servers, balancers, engines);
      throw error;
    }
  }

  get mqtt(): string {
    return `mqtt://127.0.0.1:${this.#balancers.mqtt.port}`;
  }
  get http(): string {
    return `http://127.0.0.1:${this.#balancers.http.port}`;
  }
  get ws(): string {
    return `ws://127.0.0.1:${this.#balancers.ws.port}/ws`;
  }
  get servers(): readonly Server[] {
    return [...this.brokers, ...this.messages, ...this.gateways];
  }

  /** MQTT at this broker, HTTP at any gateway. */
  at(broker: number): Reachable {
    const { http } = this;
    const { mqtt, ws } = this.brokers[broker]!;
    return { http, mqtt, ws };
  }

  async dispose(): Promise<void> {
    await disposeAll(this.servers, Object.values(this.#balancers), this.engines);
  }
}

async function disposeAll(
  servers: readonly Server[],
  balancers: readonly Balancer[],
  engines: Partial<Record<EngineName, RunningEngine>>,
): Promise<void> {
  await Promise.all(balancers.map((balancer) => balancer.stop()));
  for (const server of servers) server.signal('SIGCONT');
  await Promise.all(servers.map((server) => server.dispose()));
  await Promise.all(Object.values(engines).map((engine) => engine.dispose()));
}

function flagsOf({ redis, postgres, mongodb, kafka }: Partial<Record<EngineName, RunningEngine>>): string[] {
  // Names of its own in servers that may be shared.
  const name = `t${randomBytes(6).toString('hex')}`;
  return [
    `--engines.directory=${postgres!.url}`,
    `--engines.history=${mongodb!.url}`,
    `--engines.redis=${redis!.url}`,
    `--engines.log=${kafka === undefined ? redis!.url : `${kafka.url}/${name}`}`,
    '--engines.partitions=8',
  ];
}

const root = ({ root }: ClusterOptions) => (root === undefined ? {} : { root });

function signingKey(): string {
  return generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  }).privateKey;
}
