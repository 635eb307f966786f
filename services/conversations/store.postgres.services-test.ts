import { describe } from 'node:test';
import { sharedEngine } from '../../test/engines/shared.ts';
import { temporaryPostgresDirectory } from '../directory/fixtures/temporary.postgres.ts';
import { conversationStoreConformance } from './store.conformance.ts';

const { url, skip } = sharedEngine('postgres');

describe('conversations in PostgreSQL', { skip }, () => {
  conversationStoreConformance('Kysely on PostgreSQL', async () => {
    const { conversations, dispose } = await temporaryPostgresDirectory(url);
    return { store: conversations, dispose };
  });
});
