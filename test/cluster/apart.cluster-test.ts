/** The roles that tell others are processes of their own, two of each, and are killed while there is something to tell. */
import { describe, it } from 'node:test';
import { apart } from './apart.ts';
import { missingEngines } from './cluster.ts';

const skip = (await missingEngines()) ?? false;

describe('processes that push, mail and tell webhooks', { skip, timeout: 590_000 }, () => {
  it('tell all that they have to, whichever of them is killed', (t) =>
    apart(t, { cluster: { brokers: 2, messages: 2 }, groups: 4, rounds: 2 }));
});
