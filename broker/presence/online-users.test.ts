import { onlineUsersConformance } from './online-users.conformance.ts';
import { OnlineInMemory } from './online-users.memory.ts';

onlineUsersConformance('in memory', async (count) => {
  const shared = new OnlineInMemory();
  const nodes = Array.from({ length: count }, () => shared.node());
  return {
    nodes,
    async close() {
      for (const node of nodes) await node.stop();
    },
  };
});
