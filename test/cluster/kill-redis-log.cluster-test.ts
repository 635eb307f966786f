/** As `kill.cluster-test.ts`, shorter, where Redis carries the log and the event stream too. */
import { describe, it } from 'node:test';
import { missingEngines } from './cluster.ts';
import { trial } from './trial.ts';

const skip = (await missingEngines('redis')) ?? false;

describe('a cluster with its log in Redis', { skip, timeout: 590_000 }, () => {
  it('loses nothing, repeats nothing, keeps one order, and knows who is there', async (t) => {
    const crowd = { users: 30, devices: 50, groups: 4, everyMs: 2_000 };
    const cluster = { brokers: 2, messages: 2, gateways: 1, log: 'redis' } as const;
    await trial(t, { cluster, crowd }, async ({ brokers, messages, gateways, engines }, injuries) => {
      await injuries.kill(messages[0]!, brokers[0]!, gateways[0]!);
      await injuries.restart(engines.redis!);
      // What is taken from the log meanwhile cannot be stored.
      await injuries.restart(engines.mongodb!, messages[1]!);
      await injuries.kill(brokers[1]!, messages[0]!);
    });
  });
});
