import { after, before, describe } from 'node:test';
import { botsConformance } from './store.bots.conformance.ts';
import { devicesConformance } from './store.devices.conformance.ts';
import { relationsConformance } from './store.relations.conformance.ts';
import { tokensConformance } from './store.tokens.conformance.ts';
import type { AccountStore } from './store.ts';
import { usersConformance } from './store.users.conformance.ts';

export interface AccountStoreUnderTest {
  store: AccountStore;
  /** Releases everything, the stored data too. */
  dispose(): Promise<void>;
}

/** What every adapter of the port AccountStore promises. `open` gives an empty one. */
export function accountStoreConformance(adapter: string, open: () => Promise<AccountStoreUnderTest>): void {
  describe(`AccountStore conformance: ${adapter}`, () => {
    let under: AccountStoreUnderTest;
    before(async () => {
      under = await open();
    });
    after(() => under.dispose());

    const store = () => under.store;
    usersConformance(store);
    devicesConformance(store);
    tokensConformance(store);
    relationsConformance(store);
    botsConformance(store);
  });
}
