import { temporaryDirectory } from '../directory/temporary.ts';
import { pushStoreConformance } from './store.conformance.ts';

pushStoreConformance('Kysely on SQLite', async () => {
  const { push, accounts, dispose } = await temporaryDirectory();
  return { store: push, accounts, dispose };
});
