import { describe } from 'node:test';
import { sharedEngine } from '../../test/engines/shared.ts';
import { temporaryPostgresDirectory } from '../directory/fixtures/temporary.postgres.ts';
import { pushStoreConformance } from './store.conformance.ts';

const { url, skip } = sharedEngine('postgres');

describe('push in PostgreSQL', { skip }, () => {
  pushStoreConformance('Kysely on PostgreSQL', async () => {
    const { push, accounts, dispose } = await temporaryPostgresDirectory(url);
    return { store: push, accounts, dispose };
  });
});
