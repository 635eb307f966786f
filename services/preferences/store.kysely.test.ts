import { temporaryDirectory } from '../directory/temporary.ts';
import { preferenceStoreConformance } from './store.conformance.ts';

preferenceStoreConformance('Kysely on SQLite', async () => {
  const { preferences, dispose } = await temporaryDirectory();
  return { store: preferences, dispose };
});
