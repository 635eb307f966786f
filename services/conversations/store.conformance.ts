import { after, before, describe } from 'node:test';
import { bulkConformance } from './store.bulk.conformance.ts';
import { changesConformance } from './store.changes.conformance.ts';
import { hidingConformance } from './store.hiding.conformance.ts';
import { membersConformance } from './store.members.conformance.ts';
import { modelConformance } from './store.model.conformance.ts';
import { replayConformance } from './store.replay.conformance.ts';
import type { ConversationStore } from './store.ts';

export interface ConversationStoreUnderTest {
  store: ConversationStore;
  /** Releases everything, the stored data too. */
  dispose(): Promise<void>;
}

/** What every adapter of the port ConversationStore promises. `open` gives an empty one. */
export function conversationStoreConformance(
  adapter: string,
  open: () => Promise<ConversationStoreUnderTest>,
): void {
  describe(`ConversationStore conformance: ${adapter}`, () => {
    let under: ConversationStoreUnderTest;
    before(async () => {
      under = await open();
    });
    after(() => under.dispose());

    const store = () => under.store;
    membersConformance(store);
    bulkConformance(store);
    changesConformance(store);
    replayConformance(store);
    hidingConformance(store);
    modelConformance(store);
  });
}
