/** A process that is started while an engine is away waits for it, or ends and says which it is: it is never half there. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { mongodbIsElsewhere } from '../engines/mongodb.ts';
import { register } from '../harness/account.ts';
import { Server } from '../harness/server.ts';
import { missingEngines } from './cluster.ts';
import { eventually, inhabited } from './inhabited.ts';

const skip = (await missingEngines()) ?? false;
const LONG_MS = 60_000;

describe('a process that is started while an engine is away', { skip, timeout: 500_000 }, () => {
  const on = inhabited({ brokers: 1, messages: 1, gateways: 1, flags: ['--engines.deadlineMs=1000'] });

  const named = {
    redis: /engines\.redis \(Redis\): ./,
    postgres: /engines\.directory \(PostgreSQL\): ./,
    mongodb: /engines\.history \(MongoDB\): ./,
    kafka: /engines\.log \(Kafka\): ./,
  } as const;
  for (const name of ['redis', 'postgres', 'mongodb', 'kafka'] as const)
    for (const how of ['killed', 'frozen'] as const)
      it(
        `${name} ${how}: it waits, or ends and says so; with it, it starts`,
        { skip: name === 'mongodb' && mongodbIsElsewhere },
        async () => {
          const { cluster } = on;
          const engine = cluster.engines[name]!;
          const server = await Server.create({
            flags: [...cluster.flags, '--role=broker,gateway,messages'],
            env: cluster.env,
          });
          if (how === 'killed') await engine.kill();
          else engine.freeze();
          const child = server.spawn();
          let output = '';
          for (const stream of [child.stdout!, child.stderr!])
            stream.on('data', (chunk: Buffer) => {
              output += chunk.toString();
            });
          const ended = once(child, 'exit') as Promise<[number | null]>;
          try {
            const first = await Promise.race([ended.then(([code]) => ({ code })), pause(15_000, null)]);
            if (first === null) {
              // It waits: not ready, nobody is let in, and it goes on when the engine is there.
              const ready = await fetch(`${server.metrics}/readyz`).then(
                ({ status }) => status,
                () => 0,
              );
              if (ready === 200) {
                // What can be done without for a while: then it says what is missing.
                const { degraded } = (await (await fetch(`${server.metrics}/readyz`)).json()) as {
                  degraded: string[];
                };
                assert.ok(degraded.length > 0, `ready without ${name}, and does not say so:\n${output}`);
              }
            } else {
              assert.equal(first.code, 1, output);
              assert.match(output, named[name]);
              assert.doesNotMatch(output, /\n {4}at /, 'a stack is no message');
            }
          } finally {
            if (how === 'killed') await engine.start();
            else engine.thaw();
          }
          try {
            if (child.exitCode === null)
              await eventually(
                async () => {
                  assert.equal(child.exitCode, null, output);
                  return (await fetch(`${server.metrics}/readyz`)).ok;
                },
                'that it is ready',
                LONG_MS,
              );
            else {
              await server.start();
              await server.stop();
            }
            await eventually(() => register(cluster, 'newcomer'), 'that the others go on', LONG_MS);
          } finally {
            child.kill('SIGKILL');
            await server.dispose();
          }
        },
      );
});
