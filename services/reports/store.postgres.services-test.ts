import { describe } from 'node:test';
import { sharedEngine } from '../../test/engines/shared.ts';
import { temporaryPostgresDirectory } from '../directory/fixtures/temporary.postgres.ts';
import { reportStoreConformance } from './store.conformance.ts';

const { url, skip } = sharedEngine('postgres');

describe('reports in PostgreSQL', { skip }, () => {
  reportStoreConformance('Kysely on PostgreSQL', async () => {
    const { reports, dispose } = await temporaryPostgresDirectory(url);
    return { store: reports, dispose };
  });
});
