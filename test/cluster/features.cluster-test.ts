/** Everything that people do with the program, as in test/features, done to a cluster: each connection and request at any node. */
import { describe, it } from 'node:test';
import { type Stage, setTheStage } from '../harness/scene.ts';
import { Cluster, missingEngines } from './cluster.ts';

const skip = (await missingEngines()) ?? false;

if (skip !== false) {
  describe('features on several nodes', { skip }, () => it('are as on one'));
} else {
  setTheStage(async (flags): Promise<Stage> => {
    const cluster = await Cluster.started({ gateways: 2, flags });
    return {
      http: cluster.http,
      mqtt: cluster.mqtt,
      ws: cluster.ws,
      patienceMs: 10_000,
      kill9: async () => {
        await Promise.all(cluster.servers.map((server) => server.kill9()));
      },
      start: async () => {
        await Promise.all(cluster.servers.map((server) => server.start()));
      },
      dispose: () => cluster.dispose(),
    };
  });
  for (const feature of ['messages', 'groups', 'people', 'lists', 'devices', 'disappearing'])
    await import(`../features/${feature}.test.ts`);
}
