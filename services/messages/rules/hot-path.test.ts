import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import type { Role } from '../../../protocol/commands.ts';
import { Refused } from '../../../protocol/errors.ts';
import type { Relations } from '../../accounts/accounts.ts';
import { ConversationCache } from '../../conversations/cache.ts';
import { somebody } from '../../conversations/fixtures/world.ts';
import { sampleGroup } from '../../conversations/store.samples.ts';
import { messageSend } from './message-send.ts';

/** Members of a large group: whoever goes through all of them is found out. */
class ManyMembers extends Map<string, Role> {
  override [Symbol.iterator](): never {
    throw new Error('went through all members');
  }
  override entries = this[Symbol.iterator];
  override keys = this[Symbol.iterator];
  override values = this[Symbol.iterator];
  override forEach = this[Symbol.iterator];
}

describe('sending to a group whose members are known', () => {
  const actor = somebody();
  const group = sampleGroup();
  const members = new ManyMembers();
  members.set(actor.user, 'member');

  const cache = new ConversationCache({ get: async () => group, members: async () => [] });
  // What is cached is given as it is; this is how it looks.
  cache.get = () => ({ conversation: group, members });
  cache.peek = () => ({ conversation: group, members });
  const relations: Relations = { exists: async () => true, blocked: async () => false };
  const rules = messageSend({
    cache,
    relations,
    history: {} as never,
    store: {} as never,
    retentionMs: null,
    editMs: 1,
  });
  const command = {
    v: 1,
    id: uuidv7(),
    type: 'message.send',
    to: { conversation: group.id },
    content: { type: 'text', text: 'hello' },
    mentions: [actor.user],
  } as const;

  it('is decided at once, without a look at each of them', () => {
    rules.precheck!(actor, { ...command, mentions: [actor.user] });
    const decision = rules.decide(actor, { ...command, mentions: [actor.user] }, 1);
    assert.ok(!(decision instanceof Promise));
    assert.equal(decision.draft.stream, group.id);
  });

  it('is refused before the log when one is known not to be a member', () => {
    const outside = somebody();
    assert.throws(
      () => rules.precheck!(outside, { ...command, mentions: [] }),
      (error) => error instanceof Refused && error.refusal.code === 'not_a_member',
    );
  });
});
