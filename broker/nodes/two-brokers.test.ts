import { OnlineInMemory } from '../presence/online-users.memory.ts';
import { Hub } from './fixtures/hub.ts';
import { HubClaims } from './fixtures/hub-claims.ts';
import { twoBrokersConformance } from './two-brokers.conformance.ts';

twoBrokersConformance('in memory', async (count) => {
  const [hub, claims, online] = [new Hub(), new HubClaims(), new OnlineInMemory()];
  const nodes = Array.from({ length: count }, () => ({
    bus: hub.node(),
    claims: claims.node(),
    online: online.node(),
    stop: async () => {},
  }));
  return { nodes, close: async () => {} };
});
