import { temporaryDirectory } from '../directory/temporary.ts';
import { conversationStoreConformance } from './store.conformance.ts';

conversationStoreConformance('Kysely on SQLite', async () => {
  const { conversations, dispose } = await temporaryDirectory();
  return { store: conversations, dispose };
});
