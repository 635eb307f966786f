import { temporaryDirectory } from '../directory/temporary.ts';
import { mailStoreConformance } from './store.conformance.ts';

mailStoreConformance('Kysely on SQLite', async () => {
  const { mail, accounts, preferences, dispose } = await temporaryDirectory();
  return { store: mail, accounts, preferences, dispose };
});
