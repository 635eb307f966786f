import type { ConversationStore } from '../../conversations/store.ts';
import type { WebhookStore } from './store.ts';

/** What the conformance suites are given of an adapter. */
export interface WebhooksUnderTest {
  store: WebhookStore;
  /** Who is where, in the same database. */
  conversations: Pick<ConversationStore, 'create' | 'add' | 'remove'>;
  dispose(): Promise<void>;
}
