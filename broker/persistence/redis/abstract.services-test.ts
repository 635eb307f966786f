/** The suite every Aedes persistence passes, as aedes-persistence ships it. */
import { after, describe, test } from 'node:test';
import abstract from 'aedes-persistence/abstract.js';
import { sharedEngine } from '../../../test/engines/shared.ts';
import { Nodes } from './fixtures/nodes.ts';

const shared = sharedEngine('redis');

if (shared.skip) describe('Aedes’ suite on Redis', { skip: shared.skip }, () => {});
else {
  const opened: Nodes[] = [];
  after(async () => {
    for (const nodes of opened) await nodes.close();
  });
  abstract({
    test,
    testAsync: true,
    async persistence() {
      const nodes = new Nodes(shared.url);
      opened.push(nodes);
      return nodes.persistence();
    },
  });
}
