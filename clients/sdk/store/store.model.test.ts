/** Whatever comes in whatever way: the same conversations as the server has. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { ModelDevice } from '../fixtures/device.ts';
import { bob, direct, group, ModelServer, me, quiet } from '../fixtures/model-server.ts';
import type { Entry } from './entries.ts';
import type { ConversationWindow } from './window.ts';

type Step =
  | { do: 'say' | 'edit' | 'delete' | 'react'; by: string; at: number; emoji: string | null }
  | {
      do:
        | 'pump'
        | 'skip'
        | 'repeat'
        | 'connect'
        | 'lose'
        | 'restart'
        | 'older'
        | 'newer'
        | 'look'
        | 'close'
        | 'send'
        | 'read'
        | 'hold'
        | 'release';
    };

const by = fc.constantFrom(me, bob);
const at = fc.nat(1_000);
const emoji = fc.constantFrom('👍', '🍝', null);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('say' as const), by, at, emoji }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom('edit' as const, 'delete' as const, 'react' as const),
      by,
      at,
      emoji,
    }),
  },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('pump' as const) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'skip' as const,
        'repeat' as const,
        'connect' as const,
        'lose' as const,
        'restart' as const,
        'older' as const,
        'newer' as const,
        'look' as const,
        'close' as const,
        'send' as const,
        'read' as const,
        'hold' as const,
        'release' as const,
      ),
    }),
  },
);

/** What can be told of an entry on both sides. */
function essence(entry: Entry) {
  if (entry.type === 'notice') return [entry.seq, entry.event.type];
  return [
    entry.seq,
    entry.sender,
    entry.gone,
    entry.content?.text ?? null,
    entry.edited?.at ?? null,
    entry.reactions.map(({ emoji: one, users }) => [one, [...users].sort()]).sort(),
  ];
}

function expected(server: ModelServer, conversation: string) {
  return server
    .stream(conversation)
    .filter(({ type }) => type === 'message' || type === 'group.created')
    .map((event) => {
      if (event.type !== 'message') return [event.seq, event.type];
      const { seq, sender, content, edited, deleted, reactions = [] } = server.folded(event);
      return [
        seq,
        sender.user,
        deleted ? 'deleted' : null,
        deleted ? null : (edited?.content ?? content).text,
        edited?.at ?? null,
        reactions
          .map(({ emoji: one, users }: { emoji: string; users: string[] }) => [one, [...users].sort()])
          .sort(),
      ];
    });
}

async function play(steps: Step[], conversation: string, before: number): Promise<void> {
  const server = new ModelServer();
  if (conversation === group)
    server.append(group, 'group.created', me, {
      name: 'Boats',
      history: 'all',
      members: [
        { user: me, role: 'owner' },
        { user: bob, role: 'member' },
      ],
    });
  for (let i = 0; i < before; i++) server.say(conversation, i % 3 === 0 ? me : bob, `before ${i}`);
  server.cursors.set(conversation, server.stream(conversation).length);
  const device = await ModelDevice.started(server);
  let window: ConversationWindow | null = null;
  let release = () => {};
  const sent: string[] = [];
  /** What a screen would have that only heard of changes. */
  let screen = new Map<string, Entry>();
  for (const step of steps) {
    const events = server.stream(conversation);
    const target =
      'at' in step
        ? events.filter(({ type }) => type === 'message')[step.at % Math.max(events.length, 1)]
        : null;
    switch (step.do) {
      case 'say':
        server.say(conversation, step.by, `said ${events.length}`);
        break;
      case 'edit':
        if (target)
          server.append(conversation, 'message.edited', step.by, {
            target: target.seq,
            content: { type: 'text', text: `edit ${events.length}` },
          });
        break;
      case 'delete':
        if (target) server.append(conversation, 'message.deleted', step.by, { target: target.seq });
        break;
      case 'react':
        if (target)
          server.append(conversation, 'message.reaction', step.by, { target: target.seq, emoji: step.emoji });
        break;
      case 'pump':
        await server.pump(conversation);
        break;
      case 'skip':
        await server.pump(conversation, true);
        break;
      case 'repeat': {
        const cursor = server.cursors.get(conversation) ?? 0;
        if (cursor > 0) {
          server.cursors.set(conversation, cursor - 1);
          await server.pump(conversation);
        }
        break;
      }
      case 'connect':
        await device.connect();
        break;
      case 'lose':
        await device.lose();
        break;
      case 'restart':
        release();
        server.hold = null;
        await device.restart();
        window = null;
        break;
      case 'look':
        if (server.hold !== null) break;
        window?.close();
        window = await device.store.look({ conversation }, { page: 3, most: 6 });
        screen = new Map(window.entries.map((entry) => [entry.key, entry]));
        window.on('change', ({ entries, removed }) => {
          for (const key of removed) screen.delete(key);
          for (const entry of entries) screen.set(entry.key, entry);
        });
        break;
      case 'close':
        window?.close();
        window = null;
        break;
      case 'older':
      case 'newer':
        void window?.[step.do]().catch(() => {});
        break;
      case 'send':
        sent.push(await device.store.send({ conversation }, `sent ${sent.length}`));
        break;
      case 'read':
        await device.store.markRead(conversation);
        break;
      case 'hold':
        if (server.hold === null)
          server.hold = new Promise((resolve) => {
            release = resolve;
          });
        break;
      case 'release':
        release();
        server.hold = null;
        break;
    }
    await quiet();
    if (window !== null) {
      assert.ok(window.entries.length <= 6 + sent.length, 'a window is bounded');
      assert.deepEqual(
        window.entries.map(({ key }) => screen.get(key)),
        window.entries,
        'changes tell all',
      );
      assert.equal(screen.size, window.entries.length);
    }
  }
  release();
  server.hold = null;
  window?.close();
  await quiet();
  await device.lose();
  await device.connect();
  await server.pumpAll();
  await device.lose();
  await device.connect();
  await server.pumpAll();
  await quiet();

  const all = await device.store.look({ conversation }, { page: 4, most: 100_000 });
  while (await all.older());
  await quiet();
  assert.deepEqual(all.entries.map(essence), expected(server, conversation));
  assert.deepEqual(
    server
      .stream(conversation)
      .filter(({ id }) => sent.includes(id))
      .map(({ id }) => id),
    sent,
    'what was written came once, in order',
  );
  if (server.stream(conversation).length > 0) {
    const shown = device.store.conversation(conversation)!;
    assert.equal(shown.head, server.stream(conversation).length);
    assert.equal(shown.read, server.read.get(conversation) ?? 0);
    assert.equal(shown.unread, server.unread(conversation));
    assert.equal(
      shown.last?.seq ?? null,
      server.stream(conversation).findLast(({ type }) => type === 'message')?.seq ?? null,
    );
    assert.deepEqual(
      shown.last === null ? null : { ...shown.last },
      all.entries.findLast(({ type }) => type === 'message') === undefined
        ? null
        : withoutState(all.entries.findLast(({ type }) => type === 'message')!),
    );
  }
  assert.deepEqual(
    device.troubles.filter(({ message }) => !/no answer|offline|closed/.test(message)),
    [],
  );
  await device.stop();
}

function withoutState(entry: Entry): object {
  const { state: _s, refusal: _r, ...rest } = entry as Entry & { state: unknown; refusal: unknown };
  return rest;
}

it('shows what a naive model shows: gaps, repeats, restarts, pages and all', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 60, size: 'max' }),
      fc.constantFrom(direct, group),
      fc.nat(9),
      (steps, conversation, before) => play(steps, conversation, before),
    ),
    { numRuns: 150 },
  );
});
