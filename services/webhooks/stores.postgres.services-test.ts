import { describe } from 'node:test';
import { sharedEngine } from '../../test/engines/shared.ts';
import { temporaryPostgresDirectory } from '../directory/fixtures/temporary.postgres.ts';
import { hookStoreConformance } from './incoming/store.conformance.ts';
import { webhookStoreConformance } from './outgoing/store.conformance.ts';

const { url, skip } = sharedEngine('postgres');

describe('webhooks in PostgreSQL', { skip }, () => {
  hookStoreConformance('Kysely on PostgreSQL', async () => {
    const { hooks, dispose } = await temporaryPostgresDirectory(url);
    return { store: hooks, dispose };
  });

  webhookStoreConformance('Kysely on PostgreSQL', async () => {
    const { webhooks, conversations, dispose } = await temporaryPostgresDirectory(url);
    return { store: webhooks, conversations, dispose };
  });
});
