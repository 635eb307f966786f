/** As `apart.cluster-test.ts`, smaller, where Redis carries the log and the event stream too. */
import { describe, it } from 'node:test';
import { apart } from './apart.ts';
import { missingEngines } from './cluster.ts';

const skip = (await missingEngines('redis')) ?? false;

describe(
  'processes that push, mail and tell webhooks, with the log in Redis',
  { skip, timeout: 590_000 },
  () => {
    it('tell all that they have to, whichever of them is killed', (t) =>
      apart(t, { cluster: { log: 'redis' }, groups: 2, rounds: 1 }));
  },
);
