import { describe } from 'node:test';
import { sharedEngine } from '../../test/engines/shared.ts';
import { temporaryPostgresDirectory } from '../directory/fixtures/temporary.postgres.ts';
import { accountStoreConformance } from './store.conformance.ts';

const { url, skip } = sharedEngine('postgres');

describe('accounts in PostgreSQL', { skip }, () => {
  accountStoreConformance('Kysely on PostgreSQL', async () => {
    const { accounts, dispose } = await temporaryPostgresDirectory(url);
    return { store: accounts, dispose };
  });
});
