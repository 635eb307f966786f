import { temporaryDirectory } from '../directory/temporary.ts';
import { reportStoreConformance } from './store.conformance.ts';

reportStoreConformance('Kysely on SQLite', async () => {
  const { reports, dispose } = await temporaryDirectory();
  return { store: reports, dispose };
});
