import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { access, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePorts } from '../harness/ports.ts';
import type { EngineKind, RunningEngine } from './engine.ts';
import { ServerProcess } from './server-process.ts';

const run = promisify(execFile);

const VERSION = '4.4.0';
const CACHE = fileURLToPath(new URL('../../.cache/', import.meta.url));
const LIBRARIES = join(CACHE, `kafka-${VERSION}`);
const FETCH_MS = 10 * 60_000;
/** Any identifier will do: 16 bytes in base64url. */
const CLUSTER = 'ZHVubGluLXRlc3RzLWthZg';

/** Apache Kafka in one process that is its own controller (KRaft), from its packages in the Maven repository. */
export const kafka: EngineKind = {
  name: 'kafka',

  async missing() {
    if (!(await works('java', '-version'))) return 'no java (Debian: default-jre-headless)';
    if ((await fetched()) || (await works('mvn', '-version'))) return null;
    return 'no mvn to fetch it with (Debian: maven)';
  },

  async prepare() {
    if (await fetched()) return;
    await mkdir(CACHE, { recursive: true });
    const folder = await mkdtemp(join(CACHE, 'kafka-'));
    try {
      await writeFile(join(folder, 'pom.xml'), POM);
      const libraries = join(folder, 'libraries');
      await run('mvn', ['-q', '-B', 'dependency:copy-dependencies', `-DoutputDirectory=${libraries}`], {
        cwd: folder,
        timeout: FETCH_MS,
      });
      // All or nothing; whoever else did the same meanwhile has the same.
      await rename(libraries, LIBRARIES).catch(async (error) => {
        if (!(await fetched())) throw error;
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },

  async start() {
    const [port, controller] = (await freePorts(2)) as [number, number];
    return startBroker({ id: 1, port, controllers: [controller] });
  },
};

export interface BrokerParts {
  /** From 1 on: its own controller is the one at that place. */
  id: number;
  /** Where it speaks without TLS and asks nobody who they are: to other brokers, and to tests. */
  port: number;
  /** Ports of all controllers. */
  controllers: readonly number[];
  /** Those named twice are taken from here. `folder`: what it may write to. */
  settings?(folder: string): Record<string, unknown>;
  /** More words for the command that makes its folder. */
  format?: readonly string[];
  /** As Dunlin is told of it, when it is not by that port. */
  url?: string;
}

export async function startBroker(parts: BrokerParts): Promise<RunningEngine> {
  const { port, format = [], url = `kafka://127.0.0.1:${port}` } = parts;
  const classPath = readdirSync(LIBRARIES)
    .filter((file) => file.endsWith('.jar'))
    .map((file) => join(LIBRARIES, file))
    .join(':');
  const java = (...args: string[]) => [
    '-Xmx512m',
    '-Xms128m',
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    '-cp',
    classPath,
    ...args,
  ];
  return ServerProcess.started({
    name: 'kafka',
    url,
    initialise: async (folder) => {
      const file = join(folder, 'server.properties');
      await writeFile(file, properties(folder, parts));
      await run('java', java('kafka.tools.StorageTool', 'format', '-t', CLUSTER, '-c', file, ...format));
    },
    command: (folder) => ({
      program: 'java',
      args: java('kafka.Kafka', join(folder, 'server.properties')),
    }),
    ping: () => ping(port),
  });
}

function properties(folder: string, { id, port, controllers, settings }: BrokerParts): string {
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': id,
    'controller.quorum.voters': controllers.map((at, i) => `${i + 1}@127.0.0.1:${at}`).join(),
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllers[id - 1]}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': join(folder, 'log'),
    'num.network.threads': 2,
    'num.io.threads': 2,
    'background.threads': 2,
    'log.cleaner.enable': false,
    'auto.create.topics.enable': false,
    // After a kill the next start is not held up by the session of the one before.
    'broker.session.timeout.ms': 2_000,
    'broker.heartbeat.interval.ms': 500,
    // Tests do not wait for members that might come.
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1_000,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 2,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 2,
    ...settings?.(folder),
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

const CORRELATION = 7;

/** Asks which requests it knows (ApiVersions, version 0), as every client does first. */
async function ping(port: number): Promise<void> {
  const request = Buffer.alloc(14);
  request.writeInt32BE(10, 0);
  request.writeInt16BE(18, 4);
  request.writeInt16BE(0, 6);
  request.writeInt32BE(CORRELATION, 8);
  // No client id.
  request.writeInt16BE(-1, 12);
  await new Promise<void>((resolve, reject) => {
    const socket = createConnection({ host: '127.0.0.1', port, timeout: 2_000 });
    socket.once('connect', () => socket.write(request));
    socket.once('data', (answer) => {
      socket.destroy();
      if (answer.length >= 8 && answer.readInt32BE(4) === CORRELATION) resolve();
      else reject(new Error('it answers something else'));
    });
    socket.once('timeout', () => socket.destroy(new Error('no answer')));
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('it closed the connection')));
  });
}

const fetched = (): Promise<boolean> =>
  access(LIBRARIES).then(
    () => true,
    () => false,
  );

const works = (program: string, ...args: string[]): Promise<boolean> =>
  run(program, args).then(
    () => true,
    () => false,
  );

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>dunlin</groupId>
  <artifactId>kafka-for-tests</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>${VERSION}</version>
    </dependency>
  </dependencies>
</project>
`;
