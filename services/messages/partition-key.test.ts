import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { changes, type Logged, serverChanges, VERSION } from '../../protocol/commands.ts';
import { actorOf, type TemporaryAccounts, temporaryAccounts } from '../accounts/temporary.ts';
import type { Actor } from '../actor.ts';
import { createWorld, type World } from '../conversations/fixtures/world.ts';
import type { StoredEvent } from './history.ts';
import { partitionKey } from './partition-key.ts';

/** Every change, with something that makes it possible: the partition has to be that of the event that it makes. */
describe('the partition of a change', () => {
  let world: World;
  let accounts: TemporaryAccounts;
  const checked = new Set<string>();
  before(async () => {
    world = await createWorld();
    accounts = await temporaryAccounts();
  });
  after(async () => {
    await world.dispose();
    await accounts.dispose();
  });

  const command = (asked: object): Logged => ({ v: VERSION, id: uuidv7(), ...asked }) as Logged;
  function check(actor: Actor, made: Logged, event: Pick<StoredEvent, 'stream'>): void {
    assert.equal(partitionKey({ actor, command: made }), event.stream, made.type);
    checked.add(made.type);
  }

  async function inWorld(actor: Actor, asked: object): Promise<StoredEvent> {
    const made = command(asked);
    const { v: _, id, ...rest } = made;
    const event = await world.does(actor, rest as never, id);
    check(actor, made, event);
    return event;
  }

  it('is that of the conversation', async () => {
    const { alice, bob, carol } = world;
    const content = { type: 'text', text: 'hello' };
    await inWorld(alice, { type: 'message.send', to: { user: bob.user }, content });
    await inWorld(alice, { type: 'message.send', to: { user: alice.user }, content });
    const { stream: conversation } = await inWorld(alice, {
      type: 'group.create',
      name: 'Us',
      members: [bob.user],
    });
    const { seq } = await inWorld(alice, { type: 'message.send', to: { conversation }, content });
    await inWorld(alice, { type: 'message.edit', conversation, seq, content: { type: 'text', text: 'bye' } });
    await inWorld(bob, { type: 'message.react', conversation, seq, emoji: '👍' });
    await inWorld(alice, { type: 'message.delete', conversation, seq });
    await inWorld(alice, { type: 'group.add', conversation, users: [carol.user] });
    await inWorld(alice, { type: 'group.role', conversation, user: carol.user, role: 'admin' });
    await inWorld(alice, { type: 'group.update', conversation, name: 'All of us' });
    await inWorld(alice, { type: 'conversation.timer', conversation, seconds: 60 });
    await inWorld(alice, { type: 'group.remove', conversation, users: [bob.user] });
    await inWorld(carol, { type: 'group.leave', conversation });
    await inWorld(alice, { type: 'message.hide', conversation, seq });
  });

  it('is that of the user', async () => {
    const first = await accounts.register('first');
    const second = actorOf(await accounts.login('first'));
    const other = actorOf(await accounts.register('second'));
    const actor = actorOf(first);
    const asked = [
      { type: 'profile.update', name: 'First' },
      { type: 'privacy.update', presence: 'nobody' },
      { type: 'contact.add', user: other.user },
      { type: 'contact.remove', user: other.user },
      { type: 'block.add', user: other.user },
      { type: 'block.remove', user: other.user },
      { type: 'device.add', device: actor.device },
      { type: 'device.rename', device: second.device, name: 'Tablet' },
      { type: 'device.revoke', device: second.device },
      { type: 'bot.update', paused: true },
    ];
    for (const one of asked) {
      const made = command(one);
      const { v: _, id, ...rest } = made;
      await accounts.change(actor, rest as never, id);
      const [event] = await accounts.history.lookup([{ user: actor.user, id }]);
      check(actor, made, event!);
    }
  });

  it('is that of the user, whatever conversation they name', async () => {
    const { alice, bob } = world;
    const { stream: conversation } = await inWorld(alice, { type: 'group.create', name: 'Mine' });
    await inWorld(alice, { type: 'preferences.update', conversation, pinned: true });
    await inWorld(alice, { type: 'notifications.update', show: 'nothing' });
    await inWorld(alice, { type: 'report.send', user: bob.user, conversation, reason: 'other' });
    await inWorld(alice, {
      type: 'webhook.pause',
      webhook: uuidv7(),
      reason: 'failing',
      target: conversation,
    });
  });

  it('has been looked at for every change there is', () => {
    assert.deepEqual([...checked].sort(), Object.keys({ ...changes, ...serverChanges }).sort());
  });
});
