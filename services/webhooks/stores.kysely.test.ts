import { temporaryDirectory } from '../directory/temporary.ts';
import { hookStoreConformance } from './incoming/store.conformance.ts';
import { webhookStoreConformance } from './outgoing/store.conformance.ts';

hookStoreConformance('Kysely on SQLite', async () => {
  const { hooks, dispose } = await temporaryDirectory();
  return { store: hooks, dispose };
});

webhookStoreConformance('Kysely on SQLite', async () => {
  const { webhooks, conversations, dispose } = await temporaryDirectory();
  return { store: webhooks, conversations, dispose };
});
