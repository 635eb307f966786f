import { temporaryDirectory } from '../directory/temporary.ts';
import { accountStoreConformance } from './store.conformance.ts';

accountStoreConformance('Kysely on SQLite', async () => {
  const { accounts, dispose } = await temporaryDirectory();
  return { store: accounts, dispose };
});
