import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EngineName } from '../../test/engines/index.ts';
import { createGroup, program } from './dunlin.parts.ts';
import { disposeEngines, missingEngines, processesOf } from './engines.ts';
import { type ClusterShape, disposeSeed, installation } from './installation.ts';
import { type Member, startMember } from './member.ts';
import type { Running, System, World } from './system.ts';

const enginesOf = ({ log, history }: ClusterShape): EngineName[] => [
  'redis',
  'postgres',
  ...(history === 'sqlite' ? [] : (['mongodb'] as const)),
  ...(log === 'kafka' ? (['kafka'] as const) : []),
];

const nameOf = ({ brokers, log, history }: ClusterShape) =>
  history === 'sqlite' ? `one-${log}` : `cluster-${log}-${brokers}`;

function labelOf({ brokers, log, history }: ClusterShape): string {
  const on = log === 'kafka' ? 'Kafka' : 'Redis Streams';
  if (history === 'sqlite') return `Dunlin, one process, ${on}, history in SQLite`;
  return `Dunlin, ${brokers} broker${brokers > 1 ? 's' : ''}, ${on}`;
}

/** Dunlin as several processes on real engines: brokers, services that number, and one gateway. */
export function cluster(shape: ClusterShape): System {
  const { brokers, messages, history } = shape;
  return {
    name: nameOf(shape),
    label: labelOf(shape),
    missing: async () =>
      existsSync(program) ? missingEngines(enginesOf(shape)) : 'bin/dunlin.ts is not there',

    async start(world: World): Promise<Running> {
      const from = await installation(shape, world.users);
      const folder = await mkdtemp(join(tmpdir(), 'dunlin-bench-cluster-'));
      const members: Member[] = [];
      const stop = async () => {
        await Promise.all(members.map(({ child }) => child.stop()));
        // At `warn` a process that is well says nothing.
        for (const { child } of members)
          if (child.output !== '') process.stderr.write(`${child.output.trim()}\n`);
        await from.remove();
        await rm(folder, { recursive: true, force: true });
      };
      const add = async (role: string, count: number) => {
        const added = await Promise.all(
          Array.from({ length: count }, (_, i) => startMember(join(folder, `${role}-${i}`), role, from)),
        );
        members.push(...added);
        return added;
      };
      try {
        // The first makes tables and topics; the others find them.
        const gateways = await add(history === 'sqlite' ? 'all' : 'gateway', 1);
        const [numbering, fronts] =
          history === 'sqlite'
            ? [[], gateways]
            : await Promise.all([add('messages', messages), add('broker', brokers)]);
        const { accounts } = from;
        const groups: string[] = [];
        for (const group of world.groups)
          groups.push(await createGroup(httpOf(gateways[0]!), accounts, group));
        const used = accounts.slice(0, world.users);
        return {
          target: {
            wire: 'dunlin',
            processes: [
              ...fronts.map(({ child: { pid } }) => ({ name: 'broker', pid, ours: true })),
              ...numbering.map(({ child: { pid } }) => ({ name: 'messages', pid, ours: true })),
              ...gateways
                .filter((one) => !fronts.includes(one))
                .map(({ child: { pid } }) => ({ name: 'gateway', pid, ours: true })),
              ...(await processesOf(enginesOf(shape))),
            ],
            ports: fronts.map(({ mqtt }) => mqtt),
            users: used,
            groups,
            collectsAtSignal: true,
            backlogs: (history === 'sqlite' ? gateways : numbering).map(({ metrics }) => metrics),
            http: httpOf(gateways[0]!),
            accessTokens: used.map((account) => account.accessToken),
          },
          stop,
        };
      } catch (error) {
        await stop();
        throw error;
      }
    },

    async dispose() {
      await disposeSeed();
      await disposeEngines();
    },
  };
}

const httpOf = ({ http }: Member) => `http://127.0.0.1:${http}`;
