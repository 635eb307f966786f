import { describe } from 'node:test';
import { sharedEngine } from '../../test/engines/shared.ts';
import { temporaryPostgresDirectory } from '../directory/fixtures/temporary.postgres.ts';
import { mailStoreConformance } from './store.conformance.ts';

const { url, skip } = sharedEngine('postgres');

describe('mail in PostgreSQL', { skip }, () => {
  mailStoreConformance('Kysely on PostgreSQL', async () => {
    const { mail, accounts, preferences, dispose } = await temporaryPostgresDirectory(url);
    return { store: mail, accounts, preferences, dispose };
  });
});
