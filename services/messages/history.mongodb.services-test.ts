import { describe } from 'node:test';
import { sharedEngine } from '../../test/engines/shared.ts';
import { historyConformance } from './history.conformance.ts';
import { temporaryMongo } from './mongodb/fixtures/temporary.ts';

const { url, skip } = sharedEngine('mongodb');

describe('history on MongoDB', { skip }, () => {
  historyConformance('MongoDB', async () => {
    const { open, empty, dispose } = await temporaryMongo(url);
    // FerretDB reads whole collections.
    return { history: await open(), empty, dispose };
  });
});
