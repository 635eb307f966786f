/**
 * Promises 1 to 3 on several nodes: `kill -9` of every process, again and again, of every engine, and processes that stand still and wake,
 * while a hundred devices chat, groups change and users sign in on further devices. Nothing accepted is lost, nothing is there twice, all see one order, and nobody is left behind.
 */
import { describe, it } from 'node:test';
import { missingEngines } from './cluster.ts';
import { trial } from './trial.ts';

const skip = (await missingEngines()) ?? false;
const FROZEN_MS = 20_000;

describe('a cluster of which everything is killed', { skip, timeout: 590_000 }, () => {
  it('loses nothing, repeats nothing, keeps one order, and knows who is there', async (t) => {
    const crowd = { users: 60, devices: 100, groups: 6, everyMs: 7_000 };
    await trial(
      t,
      { cluster: { brokers: 3, messages: 2, gateways: 2 }, crowd },
      async (cluster, injuries) => {
        const { brokers, messages, gateways, engines } = cluster;
        const { kafka, mongodb, postgres, redis } = engines;
        await injuries.kill(...cluster.servers);
        await injuries.restart(redis!);
        await injuries.kill(messages[0]!, brokers[1]!);
        await injuries.restart(kafka!);
        // Everything is numbered by the other one meanwhile; when it wakes nothing is its own any more.
        await injuries.freeze(messages[0]!, FROZEN_MS, () => injuries.kill(...brokers, ...gateways));
        await injuries.restart(mongodb!, messages[1]!);
        await injuries.kill(gateways[0]!);
        await injuries.restart(postgres!);
        await injuries.freeze(brokers[0]!, FROZEN_MS, () => injuries.kill(...messages, brokers[1]!));
        await injuries.kill(messages[1]!, brokers[2]!, brokers[0]!);
      },
    );
  });
});
