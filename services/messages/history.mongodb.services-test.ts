import { describe } from 'node:test';
import { sharedEngine } from '../../test/engines/shared.ts';
import { historyConformance } from './history.conformance.ts';
import { temporaryMongoHistory } from './mongodb/fixtures/temporary.ts';

const { url, skip } = sharedEngine('mongodb');

describe('history on MongoDB', { skip }, () => {
  historyConformance('MongoDB', () => temporaryMongoHistory(url));
});
