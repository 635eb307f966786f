import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { createLogger } from '../../../platform/logging.ts';
import type { Change, CommandOf } from '../../../protocol/commands.ts';
import { Refused } from '../../../protocol/errors.ts';
import type { EventOf } from '../../../protocol/events.ts';
import { plainEvent } from '../../conversations/events.ts';
import { type LocalPipeline, localPipeline } from '../fixtures/local-pipeline.ts';
import type { StreamedEvent } from '../history.ts';
import type { ChangeRules, Outcome } from '../pipeline.ts';
import { temporaryMessages } from '../temporary.ts';
import { answerPayload } from './answer-payload.ts';

type Rename = CommandOf<'group.update'>;
type React = CommandOf<'message.react'>;

const actor = { user: uuidv7(), device: uuidv7() };
const conversation = uuidv7();
const rename = (name: string, id = uuidv7()): Rename => ({
  v: 1,
  id,
  type: 'group.update',
  conversation,
  name,
});
const react = (emoji: string, id = uuidv7()): React => ({
  v: 1,
  id,
  type: 'message.react',
  conversation,
  seq: 1,
  emoji,
});
const full = () => new Refused('storage_full');

describe('the pipeline', () => {
  let messages: Awaited<ReturnType<typeof temporaryMessages>>;
  let pipeline: LocalPipeline;
  /** What the listeners were told. */
  let told: StreamedEvent[];
  /** What was sent to the device beside events. */
  let answers: { type: string; command: string; result?: { seq: number } }[];
  /** The projection. */
  let name: string | null;
  /** Called before each projection: may throw. */
  let beforeApply: (made: { name?: string }) => void;
  /** Called before each decision about a reaction: may throw. */
  let beforeDecide: (command: React) => void;
  let clock: () => number;

  const renaming: ChangeRules<'group.update'> = {
    type: 'group.update',
    event: 'group.updated',
    structural: true,
    decide(who, command, time) {
      if (command.name === 'forbidden') throw new Refused('not_an_admin');
      const made = { stream: conversation, type: 'group.updated', id: command.id, time } as const;
      return { draft: plainEvent(who, made, { name: command.name }) };
    },
    async apply(event) {
      const body = JSON.parse(event.body) as EventOf<'group.updated'>;
      beforeApply(body);
      name = body.name ?? null;
    },
  };
  const reacting: ChangeRules<'message.react'> = {
    type: 'message.react',
    event: 'message.reaction',
    structural: false,
    decide(who, command, time) {
      beforeDecide(command);
      const made = { stream: conversation, type: 'message.reaction', id: command.id, time } as const;
      return { draft: plainEvent(who, made, { target: command.seq, emoji: command.emoji }) };
    },
  };

  function make(): LocalPipeline {
    const made = localPipeline({
      log: messages.log,
      history: messages.history,
      rules: [renaming, reacting] as unknown as ChangeRules[],
      clock: { now: () => clock() },
      logger: createLogger('silent'),
    });
    made.subscribe((events) => told.push(...events));
    made.onAnswer((answer) => answers.push(JSON.parse(answerPayload(answer))));
    return made;
  }

  const ask = (command: Change): Promise<Outcome> =>
    pipeline.request(actor, command, JSON.stringify(command));
  const submit = (command: Change) => pipeline.submit(actor, command, JSON.stringify(command));
  const code = async (command: Change) => {
    const outcome = await ask(command);
    return outcome.ok ? 'accepted' : outcome.error.code;
  };

  beforeEach(async () => {
    messages = await temporaryMessages({ log: { retryMaxMs: 10 } });
    told = [];
    answers = [];
    name = null;
    beforeApply = () => {};
    beforeDecide = () => {};
    let now = 1_000;
    clock = () => ++now;
    pipeline = make();
    await pipeline.start();
  });

  afterEach(async () => {
    await pipeline.stop();
    await messages.dispose();
  });

  it('numbers, stores and tells in the order of acceptance', async () => {
    const commands = [rename('a'), react('1'), react('2'), rename('b'), react('3')];
    await Promise.all(commands.map(submit));
    await pipeline.stop();
    assert.deepEqual(
      told.map((e) => [e.seq, e.id]),
      commands.map((c, i) => [i + 1, c.id]),
    );
    const stored = await messages.history.read(conversation, 0, 100, 1e6);
    assert.deepEqual(
      stored.map((e) => e.id),
      commands.map((c) => c.id),
    );
    assert.equal(name, 'b');
  });

  it('answers a repeated command with the first result, and changes nothing', async () => {
    const first = rename('first');
    await ask(first);
    await ask(rename('second'));
    const again = await ask(first);
    assert.ok(again.ok && again.duplicate);
    assert.equal(again.event.seq, 1);
    assert.equal(name, 'second', 'a late retry undid what came after it');
    assert.equal(told.length, 2);
    assert.deepEqual(
      answers.map((a) => [a.type, a.command, a.result?.seq]),
      [['result', first.id, 1]],
    );
  });

  it('applies nothing in the name of another command’s event', async () => {
    // At one instant, so that the second looks like a replay of the log.
    clock = () => 5_000;
    const first = react('👍');
    const outcomes = await Promise.all([ask(first), ask(rename('taken over', first.id))]);
    assert.deepEqual(
      outcomes.map((o) => o.ok && o.event.type),
      ['message.reaction', 'message.reaction'],
    );
    assert.equal(name, null);
  });

  it('stores a refusal for the device that asked, once, and lets the same id be asked again', async () => {
    const forbidden = rename('forbidden');
    assert.equal(await code(forbidden), 'not_an_admin');
    assert.equal(await code(forbidden), 'not_an_admin');
    const own = await messages.history.read(actor.device, 0, 100, 1e6);
    assert.deepEqual(
      own.map((e) => JSON.parse(e.body).command),
      [forbidden.id],
    );
    assert.deepEqual(await messages.history.read(conversation, 0, 100, 1e6), []);
    assert.equal(await code(rename('allowed', forbidden.id)), 'accepted');
  });

  it('tells everything once, in order, when a projection fails and the batch comes again', async () => {
    let failures = 2;
    beforeApply = ({ name: to }) => {
      if (to === 'b' && failures-- > 0) throw full();
    };
    const commands = [react('1'), rename('a'), react('2'), rename('b'), react('3'), rename('c')];
    await Promise.all(commands.map(submit));
    await pipeline.stop();
    assert.deepEqual(
      told.map((e) => [e.seq, e.id]),
      commands.map((c, i) => [i + 1, c.id]),
    );
    assert.equal(name, 'c');
    assert.equal(failures, -1);
  });

  it('does not refuse what was accepted because the storage had no answer', async () => {
    let failures = 2;
    beforeDecide = () => {
      if (failures-- > 0) throw new Refused('unavailable');
    };
    assert.equal(await code(react('1')), 'accepted');
  });

  it('lets a mistake of its own cost one command and no other', async () => {
    beforeDecide = ({ emoji }) => {
      if (emoji === 'bad') throw new TypeError('a mistake');
    };
    beforeApply = ({ name: to }) => {
      if (to === 'bad') throw new TypeError('a mistake');
    };
    const outcomes = await Promise.all([react('1'), react('bad'), rename('bad'), rename('good')].map(code));
    assert.deepEqual(outcomes, ['accepted', 'internal', 'accepted', 'accepted']);
    assert.equal(name, 'good');
  });

  it('accepts while numbering is held back, and goes on after it', async () => {
    await pipeline.pause();
    const held = [rename('a'), react('1')];
    await Promise.all(held.map(submit));
    assert.equal(told.length, 0);
    pipeline.resume();
    await pipeline.stop();
    assert.deepEqual(
      told.map((e) => e.id),
      held.map((c) => c.id),
    );
  });

  it('handles what an earlier process accepted and did not get to', async () => {
    await pipeline.pause();
    const left = [rename('a'), react('1')];
    await Promise.all(left.map(submit));
    await messages.reopen();
    told = [];
    pipeline = make();
    await pipeline.start();
    assert.equal(await pipeline.caughtUp(60_000), true);
    assert.deepEqual(
      told.map((e) => [e.seq, e.id]),
      left.map((c, i) => [i + 1, c.id]),
    );
    assert.equal(name, 'a');
  });

  it('says that it has not caught up while the storage has no room', async () => {
    beforeDecide = () => {
      throw full();
    };
    await submit(react('1'));
    assert.equal(await pipeline.caughtUp(50), false);
    beforeDecide = () => {};
    assert.equal(await pipeline.caughtUp(60_000), true);
  });
});
