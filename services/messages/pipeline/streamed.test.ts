import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { createLogger } from '../../../platform/logging.ts';
import { Refused } from '../../../protocol/errors.ts';
import { createWorld, type World } from '../../conversations/fixtures/world.ts';
import type { Tidings } from '../feed.ts';
import type { StreamedEvent } from '../history.ts';
import { says } from '../samples.ts';
import { temporaryMessages } from '../temporary.ts';
import { createNumbering } from './numbering.ts';
import { streamedAgain } from './streamed.ts';

let world: World;
before(async () => {
  world = await createWorld();
});
after(() => world.dispose());

it('reads from an event what had been decided with it', async () => {
  const { alice, bob, carol } = world;
  const content = { type: 'text', text: 'hello' } as const;
  await world.does(alice, { type: 'message.send', to: { user: bob.user }, content });
  await world.does(alice, { type: 'message.send', to: { user: alice.user }, content });
  await world.does(bob, { type: 'message.send', to: { user: alice.user }, content });
  const { stream: conversation } = await world.does(alice, {
    type: 'group.create',
    name: 'Us',
    members: [bob.user],
  });
  const { seq } = await world.does(bob, { type: 'message.send', to: { conversation }, content });
  await world.does(alice, { type: 'group.add', conversation, users: [bob.user, carol.user] });
  await world.does(alice, { type: 'message.delete', conversation, seq });
  await world.does(alice, { type: 'group.remove', conversation, users: [bob.user] });
  await world.does(carol, { type: 'group.leave', conversation });
  assert.ok(world.told.length >= 9);
  for (const told of world.told) {
    const { joined: _joined, left: _left, erased: _erased, actor, ...stored } = told;
    assert.deepEqual(streamedAgain(stored, actor!), told);
  }
});

it('tells what was stored and could not be told, when it comes again', async (t) => {
  const messages = await temporaryMessages();
  t.after(() => messages.dispose());
  const told: StreamedEvent[] = [];
  let away = true;
  const feed = {
    async write({ events = [] }: Tidings) {
      if (away) throw new Refused('unavailable');
      told.push(...events);
    },
  };
  const stream = uuidv7();
  const actor = { user: uuidv7(), device: uuidv7() };
  const command = { v: 1, id: uuidv7(), type: 'message.send', to: { conversation: stream }, content: {} };
  const rules = [
    {
      type: 'message.send',
      event: 'message',
      structural: false,
      decide: (_: unknown, { id }: { id: string }, time: number) => ({
        draft: says(stream, 'hi', { sender: actor, id, time }),
      }),
    },
  ] as never;
  const record = {
    position: 1,
    actor,
    acceptedAt: 5_000,
    command: command as never,
    text: '',
  };
  const numbering = createNumbering({
    history: messages.history,
    rules,
    feed,
    logger: createLogger('silent'),
  });
  await assert.rejects(numbering.handle([record]), Refused);
  away = false;
  // Another process, which knows nothing of the first one's attempt.
  const next = createNumbering({ history: messages.history, rules, feed, logger: createLogger('silent') });
  await next.handle([record]);
  assert.deepEqual(
    told.map((event) => [event.seq, event.id]),
    [[1, command.id]],
  );
});
