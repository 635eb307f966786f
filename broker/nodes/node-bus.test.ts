import { Hub } from './fixtures/hub.ts';
import { nodeBusConformance } from './node-bus.conformance.ts';

nodeBusConformance('in memory', async (count) => {
  const hub = new Hub();
  const nodes = Array.from({ length: count }, () => hub.node());
  return {
    nodes,
    async close() {
      for (const node of nodes) await node.stop();
    },
  };
});
