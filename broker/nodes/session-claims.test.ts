import { HubClaims } from './fixtures/hub-claims.ts';
import { sessionClaimsConformance } from './session-claims.conformance.ts';

sessionClaimsConformance('in memory', async (count) => {
  const hub = new HubClaims();
  return { nodes: Array.from({ length: count }, () => hub.node()), close: async () => {} };
});
