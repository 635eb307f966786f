import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isUuid, UUID_V7_PATTERN } from '../../protocol/ids.ts';
import { directConversation } from './direct.ts';

const user = fc.uuid();

describe('the id of a one-to-one conversation', () => {
  it('is the same from both sides, and another for every other pair', () => {
    fc.assert(
      fc.property(user, user, user, (a, b, c) => {
        fc.pre(b !== c && a !== c);
        assert.equal(directConversation(a, b), directConversation(b, a));
        assert.notEqual(directConversation(a, b), directConversation(a, c));
        assert.notEqual(directConversation(a, a), directConversation(a, c));
      }),
    );
  });

  it('stays what it is: conversations are found by it for ever', () => {
    const [a, b] = ['0190a3c2-0000-7000-8000-000000000001', '0190a3c2-0000-7000-8000-000000000002'];
    assert.equal(directConversation(a, b), 'f311531b-56b1-8a5f-b448-15178fb18210');
  });

  it('is a UUID that no command can have', () => {
    fc.assert(
      fc.property(user, user, (a, b) => {
        const id = directConversation(a, b);
        assert.ok(isUuid(id));
        assert.doesNotMatch(id, new RegExp(UUID_V7_PATTERN));
      }),
    );
  });
});
