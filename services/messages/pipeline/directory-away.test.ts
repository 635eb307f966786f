import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { createLogger } from '../../../platform/logging.ts';
import type { CommandOf } from '../../../protocol/commands.ts';
import { Refused } from '../../../protocol/errors.ts';
import type { Actor } from '../../actor.ts';
import { plainEvent } from '../../conversations/events.ts';
import { type LocalPipeline, localPipeline } from '../fixtures/local-pipeline.ts';
import type { StreamedEvent } from '../history.ts';
import type { ChangeRules } from '../pipeline.ts';
import { temporaryMessages } from '../temporary.ts';

type Change = CommandOf<'group.update'> | CommandOf<'message.react'>;

const [alice, bob, carol] = [1, 2, 3].map(() => ({ user: uuidv7(), device: uuidv7() })) as [
  Actor,
  Actor,
  Actor,
];
const [known, unknown, other] = [uuidv7(), uuidv7(), uuidv7()] as [string, string, string];
const rename = (conversation: string): Change => ({
  ...{ v: 1, id: uuidv7(), type: 'group.update' },
  ...{ conversation, name: 'new' },
});
const react = (conversation: string): Change => ({
  ...{ v: 1, id: uuidv7(), type: 'message.react' },
  ...{ conversation, seq: 1, emoji: '1' },
});

describe('numbering while the directory does not answer', () => {
  let messages: Awaited<ReturnType<typeof temporaryMessages>>;
  let pipeline: LocalPipeline;
  let told: StreamedEvent[];
  let applied: string[];
  /** Calls of the directory fail at once, or never end. */
  let directory: 'up' | 'away' | 'silent';
  /** The engine has noticed. */
  let noticed: boolean;
  let historyIsAway: boolean;
  let waiting: { holds: () => boolean; resolve: () => void }[];

  async function ask(): Promise<void> {
    if (directory === 'silent') {
      noticed = true;
      await new Promise((resolve) => setTimeout(resolve, 400).unref());
    }
    noticed = directory !== 'up';
    if (noticed) throw new Refused('unavailable', 'directory');
  }

  const rules: ChangeRules[] = [
    {
      type: 'group.update',
      event: 'group.updated',
      structural: true,
      decide: (who, { id, conversation, name }, time) => ({
        draft: plainEvent(who, { stream: conversation, type: 'group.updated', id, time }, { name }),
      }),
      async apply({ id }) {
        await ask();
        applied.push(id);
      },
    } satisfies ChangeRules<'group.update'>,
    {
      type: 'message.react',
      event: 'message.reaction',
      structural: false,
      decide(who, { id, conversation, seq, emoji }, time) {
        const made = { stream: conversation, type: 'message.reaction', id, time } as const;
        const decision = { draft: plainEvent(who, made, { target: seq, emoji }) };
        return conversation === unknown ? ask().then(() => decision) : decision;
      },
    } satisfies ChangeRules<'message.react'>,
  ] as unknown as ChangeRules[];

  const submit = (who: Actor, command: Change) => pipeline.submit(who, command, JSON.stringify(command));
  const until = async (holds: () => boolean) => {
    if (!holds()) await new Promise<void>((resolve) => waiting.push({ holds, resolve }));
  };
  const ids = () => told.map(({ id }) => id);
  /** As what was accepted just before it went away. */
  async function accept(...commands: [Actor, Change][]): Promise<void> {
    await pipeline.pause();
    const before = directory;
    directory = 'up';
    noticed = false;
    for (const [who, command] of commands) await submit(who, command);
    directory = before;
    pipeline.resume();
  }

  beforeEach(async () => {
    messages = await temporaryMessages({ log: { retryMaxMs: 10 } });
    [told, applied, waiting, directory, noticed, historyIsAway] = [[], [], [], 'up', false, false];
    const { log, history } = messages;
    pipeline = localPipeline({
      log,
      history: new Proxy(history, {
        get(target, name: keyof typeof history) {
          if (name === 'append' && historyIsAway) throw new Refused('unavailable', 'history');
          const value = target[name];
          return typeof value === 'function' ? value.bind(target) : value;
        },
      }),
      rules,
      clock: { now: () => Date.now() },
      logger: createLogger('silent'),
      directory: { isDown: () => noticed, ask },
    });
    pipeline.subscribe((events) => {
      told.push(...events);
      waiting = waiting.filter(({ holds, resolve }) => !holds() || resolve());
    });
    await pipeline.start();
  });

  afterEach(async () => {
    directory = 'up';
    historyIsAway = false;
    await pipeline.stop();
    await messages.dispose();
  });

  for (const how of ['away', 'silent'] as const)
    it(`handles what can be decided without it, and the rest in its order when it is back (${how})`, async () => {
      directory = how;
      const stuck = react(unknown);
      const behind = [rename(unknown), react(uuidv7()), react(uuidv7())] as const;
      const [first, second] = [react(known), react(other)];
      await accept(
        [alice, stuck],
        // Of the same stream, of the same device, and of the device of one that waits.
        [bob, behind[0]],
        [alice, behind[1]],
        [bob, behind[2]],
        [carol, first],
        [carol, second],
      );
      await until(() => told.length === 2);
      assert.deepEqual(ids(), [first.id, second.id]);
      // Later ones too.
      const third = react(known);
      await accept([carol, third]);
      await until(() => told.length === 3);
      assert.deepEqual(ids().slice(2), [third.id]);
      assert.equal(await pipeline.caughtUp(20), false);
      directory = 'up';
      await until(() => told.length === 7);
      assert.deepEqual(ids().slice(3), [stuck.id, ...behind.map(({ id }) => id)]);
      assert.deepEqual(applied, [behind[0].id]);
      const stored = await messages.history.read(unknown, 0, 10, 1e6);
      assert.deepEqual(
        stored.map(({ id, seq }) => [id, seq]),
        [
          [stuck.id, 1],
          [behind[0].id, 2],
        ],
      );
    });

  it('tells what was stored and not applied when it has been applied, and nothing of its stream before', async () => {
    directory = 'away';
    const change = rename(known);
    const behind = react(known);
    const free = react(other);
    await accept([alice, change], [bob, behind], [carol, free]);
    await until(() => told.length === 1);
    assert.deepEqual(ids(), [free.id]);
    assert.deepEqual(
      (await messages.history.read(known, 0, 10, 1e6)).map(({ id }) => id),
      [change.id],
    );
    // It needs the directory for certain, which is known by now: it is not even stored.
    const next = rename(other);
    const last = react(unknown);
    await accept([bob, next], [carol, last]);
    directory = 'up';
    await until(() => told.length === 5);
    assert.deepEqual(new Set(ids()), new Set([free, change, behind, next, last].map(({ id }) => id)));
    assert.ok(ids().indexOf(change.id) < ids().indexOf(behind.id));
    assert.deepEqual(applied, [change.id, next.id]);
    assert.equal(told.length, 5);
  });

  it('stands still while history does not answer', async () => {
    historyIsAway = true;
    directory = 'away';
    const [stuck, free] = [react(unknown), react(known)];
    await accept([alice, stuck], [bob, free]);
    assert.equal(await pipeline.caughtUp(100), false);
    assert.deepEqual(ids(), []);
    historyIsAway = false;
    await until(() => told.length === 1);
    assert.deepEqual(ids(), [free.id]);
    directory = 'up';
    await until(() => told.length === 2);
  });
});
