import { describe } from 'node:test';
import { sharedEngine } from '../../test/engines/shared.ts';
import { temporaryPostgresDirectory } from '../directory/fixtures/temporary.postgres.ts';
import { mediaStoreConformance } from './store.conformance.ts';

const { url, skip } = sharedEngine('postgres');

describe('media in PostgreSQL', { skip }, () => {
  mediaStoreConformance('Kysely on PostgreSQL', async () => {
    const { media, conversations, dispose } = await temporaryPostgresDirectory(url);
    return { store: media, conversations, dispose };
  });
});
