/** A new version replaces the one before, process by process, while people chat: nothing is lost, nothing is there twice. */
import { after, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { root } from '../harness/server.ts';
import { missingEngines } from './cluster.ts';
import { type EarlierVersion, earlierVersion, missingEarlierVersion } from './earlier-version.ts';
import { trial } from './trial.ts';

const skip = (await missingEngines()) ?? (await missingEarlierVersion()) ?? false;
/** Both versions are at work for that long, before the first of the next role is replaced. */
const TOGETHER_MS = 3_000;

describe('a rolling upgrade', { skip, timeout: 900_000 }, () => {
  let earlier: EarlierVersion | undefined;
  after(() => earlier?.dispose());

  it('loses nothing under load', async (t) => {
    earlier = await earlierVersion();
    const crowd = { users: 30, devices: 50, groups: 4, everyMs: 2_000 };
    const cluster = { brokers: 2, messages: 2, gateways: 2, root: earlier.root };
    await trial(t, { cluster, crowd }, async ({ brokers, messages, gateways }, injuries) => {
      for (const servers of [messages, brokers, gateways]) {
        await pause(TOGETHER_MS);
        await injuries.replace(servers, root);
      }
      await pause(TOGETHER_MS);
    });
  });
});
