import { temporaryDirectory } from '../directory/temporary.ts';
import { mediaStoreConformance } from './store.conformance.ts';

mediaStoreConformance('Kysely on SQLite', async () => {
  const { media, conversations, dispose } = await temporaryDirectory();
  return { store: media, conversations, dispose };
});
