import { beforeEach, describe } from 'node:test';
import { sharedEngine } from '../../test/engines/shared.ts';
import { historyConformance } from './history.conformance.ts';
import { type TemporaryMongo, temporaryMongo } from './mongodb/fixtures/temporary.ts';

const { url, skip } = sharedEngine('mongodb');

describe('history on MongoDB', { skip }, () => {
  let mongo: TemporaryMongo | null = null;
  // Every test has streams of its own. FerretDB reads whole collections: what earlier tests left would only make it slow.
  beforeEach(() => mongo?.empty());

  historyConformance('MongoDB', async () => {
    const made = await temporaryMongo(url);
    mongo = made;
    return { history: await made.open(), dispose: () => made.dispose() };
  });
});
