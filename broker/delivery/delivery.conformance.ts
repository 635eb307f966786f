import { describe } from 'node:test';
import { backlogConformance } from './delivery.backlog.conformance.ts';
import { receiptsConformance } from './delivery.receipts.conformance.ts';
import { sessionsConformance } from './delivery.sessions.conformance.ts';
import { subscriptionsConformance } from './delivery.subscriptions.conformance.ts';
import { windowConformance } from './delivery.window.conformance.ts';
import { type DeliveryStores, DeliveryWorld, type InWorld } from './fixtures/delivery-world.ts';

export type { DeliveryStores };

/** What delivery promises over any history and cursors: with Aedes, over TCP. `open` gives empty stores. */
export function deliveryConformance(adapter: string, open: () => Promise<DeliveryStores>): void {
  const inWorld: InWorld = (options, test) => async () => {
    const world = await DeliveryWorld.open(await open(), options);
    try {
      await test(world);
    } finally {
      await world.dispose();
    }
  };
  describe(`Delivery conformance: ${adapter}`, () => {
    windowConformance(inWorld);
    sessionsConformance(inWorld);
    backlogConformance(inWorld);
    subscriptionsConformance(inWorld);
    receiptsConformance(inWorld);
  });
}
