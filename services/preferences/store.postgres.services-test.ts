import { describe } from 'node:test';
import { sharedEngine } from '../../test/engines/shared.ts';
import { temporaryPostgresDirectory } from '../directory/fixtures/temporary.postgres.ts';
import { preferenceStoreConformance } from './store.conformance.ts';

const { url, skip } = sharedEngine('postgres');

describe('preferences in PostgreSQL', { skip }, () => {
  preferenceStoreConformance('Kysely on PostgreSQL', async () => {
    const { preferences, dispose } = await temporaryPostgresDirectory(url);
    return { store: preferences, dispose };
  });
});
