import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { Cluster, type ClusterOptions } from './cluster.ts';
import { Crowd, type CrowdOptions } from './crowd.ts';
import { Injuries } from './injuries.ts';
import { outputs } from './outputs.ts';
import type { Someone } from './someone.ts';
import {
  deliveredToAll,
  devicesAreTrue,
  keptOnce,
  membersAreTrue,
  nothingElse,
  presenceIsTrue,
  seenByAll,
} from './truth.ts';

/** Longest without an acceptance, when everything has been hurt and something is under way still. */
const HUSH_MS = 60_000;
/** So many users go at the end: every second one without a word, and some of them with the node they were on. */
const LEAVERS = 10;

export interface TrialOptions {
  cluster: ClusterOptions;
  crowd: CrowdOptions;
}

/** What is done while they chat. */
export type Ordeal = (cluster: Cluster, injuries: Injuries) => Promise<void>;

/** A crowd chats on a cluster that is hurt; afterwards every promise is looked at. Says what happened in a few words. */
export async function trial(t: TestContext, options: TrialOptions, ordeal: Ordeal): Promise<void> {
  const cluster = await Cluster.started({
    ...options.cluster,
    flags: ['--log.level=warn', ...(options.cluster.flags ?? [])],
  });
  let crowd: Crowd | null = null;
  const began = Date.now();
  /** How far it came, for whoever wonders why it took so long, or was cut. */
  const reached = (what: string) => t.diagnostic(`${Math.round((Date.now() - began) / 1_000)} s: ${what}`);
  try {
    crowd = await Crowd.gathered(cluster, options.crowd);
    reached('everybody is there');
    const injuries = new Injuries(cluster);
    const [watcher, ...others] = crowd.people as [Someone, ...Someone[]];
    await watcher.devices[0]!.watch(others.map(({ account }) => account.user));
    crowd.chat();
    await ordeal(cluster, injuries);
    reached('everything has been hurt');
    await crowd.hush(HUSH_MS);
    reached('all commands are accepted');
    await injuries.allReady();

    const kept = await keptOnce(cluster, crowd);
    reached('all commands are in history');
    await seenByAll(crowd, kept);
    reached('all devices have everything');
    await deliveredToAll(cluster, crowd, kept);
    await membersAreTrue(cluster, crowd, kept);
    await devicesAreTrue(cluster, crowd);
    const gone = others.slice(0, LEAVERS);
    await Promise.all([
      injuries.kill(cluster.brokers[0]!),
      ...gone.flatMap(({ devices }, n) => devices.map((device) => device.leave(n % 2 === 0))),
    ]);
    const here = others.slice(LEAVERS);
    await presenceIsTrue(cluster, { watcher, here, gone, since: began });
    // Also nothing that came a while later.
    nothingElse(crowd, kept);

    const total = (of: 'repeated' | 'late') =>
      crowd!.devices.reduce((sum, { received }) => sum + received[of], 0);
    const changes = crowd.comingAndGoing.count;
    const signIns = crowd.newcomers.count;
    assert.ok(changes > 0 && signIns > 0, 'no group changed, or nobody signed in');
    const { kills, restarts, freezes, replaced, spared } = injuries;
    for (const reason of spared) t.diagnostic(reason);
    t.diagnostic(
      `${kills} kills, ${restarts} engines restarted, ${freezes} processes frozen, ${replaced} replaced; ${kept.events} events in ${kept.streams.size} conversations, ` +
        `${crowd.acknowledged.size} commands acknowledged, ${changes} changes of members, ${signIns} sign-ins, ${crowd.devices.length} devices, ${total('repeated')} redeliveries, ${total('late')} came late`,
    );
  } catch (error) {
    t.diagnostic(outputs(cluster));
    throw error;
  } finally {
    await crowd?.dispose();
    await cluster.dispose();
  }
}
