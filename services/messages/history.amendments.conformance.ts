import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { MOST_NAMED } from './fold.ts';
import type { History } from './history.ts';
import { draft, edit, everything, react, remove, says } from './samples.ts';

const SECRET = 'xyzzysecret';

/** Edits, reactions, deletion and expiry: what they show and what they leave. */
export function amendmentConformance(open: () => History): void {
  const bodyOf = async (stream: string, seq: number) => JSON.parse((await open().get(stream, seq))!.body);
  const foldOf = async (stream: string, seq: number) => (await open().get(stream, seq))!.fold;
  const found = async (stream: string, word: string) =>
    (await open().search([{ stream, ranges: everything }], word, null, 10)).map((event) => event.seq);

  async function assertGone(stream: string, how: 'deleted' | 'expired', seqs: number[]): Promise<void> {
    const events = await open().page(stream, everything, {}, 200);
    assert.ok(!JSON.stringify(events).includes(SECRET), 'content left in history');
    assert.deepEqual(await found(stream, SECRET), []);
    for (const seq of seqs) {
      const event = events.find((one) => one.seq === seq)!;
      const body = JSON.parse(event.body);
      assert.equal(body[how], true);
      assert.equal(body.content, undefined);
      assert.deepEqual([body.id, body.conversation, body.type], [event.id, stream, event.type]);
      assert.deepEqual(body.sender, event.sender);
      assert.equal(event.fold, null);
    }
  }

  describe('edit', () => {
    it('shows the newest content, its time and how often; the message keeps its own body', async () => {
      const stream = uuidv7();
      await open().append([says(stream, 'first'), edit(stream, 1, 'second', { time: 20 })]);
      await open().append([edit(stream, 1, 'third', { time: 30 })]);
      assert.deepEqual(await foldOf(stream, 1), {
        edited: { at: 30, content: { type: 'text', text: 'third' }, count: 2 },
      });
      assert.equal((await bodyOf(stream, 1)).content.text, 'first');
      assert.equal((await bodyOf(stream, 2)).content.text, 'second');
    });

    it('changes nothing when it is a duplicate, has no target or its target is no message', async () => {
      const stream = uuidv7();
      const first = edit(stream, 1, 'second');
      await open().append([says(stream, 'first'), first, edit(stream, 1, 'third')]);
      await open().append([first, edit(stream, 99, 'lost'), edit(stream, 2, 'no message')]);
      assert.equal((await foldOf(stream, 1))?.edited?.count, 2);
      assert.equal(await foldOf(stream, 2), null);
    });
  });

  describe('reaction', () => {
    it('is one a user, replaced and taken back; most used first', async () => {
      const stream = uuidv7();
      const [a, b, c] = [1, 2, 3].map(() => ({ user: uuidv7(), device: uuidv7() }));
      await open().append([says(stream, 'hi'), react(stream, 1, '👍', { sender: a, time: 1 })]);
      await open().append([
        react(stream, 1, '🎉', { sender: b, time: 2 }),
        react(stream, 1, '🎉', { sender: c, time: 3 }),
      ]);
      assert.deepEqual((await foldOf(stream, 1))?.reactions, [
        { emoji: '🎉', count: 2, users: [b!.user, c!.user] },
        { emoji: '👍', count: 1, users: [a!.user] },
      ]);
      await open().append([
        react(stream, 1, '👍', { sender: b, time: 4 }),
        react(stream, 1, null, { sender: c, time: 5 }),
      ]);
      assert.deepEqual((await foldOf(stream, 1))?.reactions, [
        { emoji: '👍', count: 2, users: [a!.user, b!.user] },
      ]);
      await open().append([a, b, c].map((sender) => react(stream, 1, null, { sender })));
      assert.equal(await foldOf(stream, 1), null);
    });

    it('names the earliest users and counts all', async () => {
      const stream = uuidv7();
      await open().append([says(stream, 'hi')]);
      const drafts = Array.from({ length: MOST_NAMED + 5 }, (_, i) => react(stream, 1, '👍', { time: i }));
      await open().append(drafts.toReversed());
      const [reaction] = (await foldOf(stream, 1))!.reactions!;
      assert.equal(reaction?.count, MOST_NAMED + 5);
      assert.deepEqual(
        reaction?.users,
        drafts.slice(0, MOST_NAMED).map((one) => one.sender.user),
      );
    });
  });

  describe('deletion', () => {
    it('leaves a numbered envelope: no content, edits, reactions or search text', async () => {
      const stream = uuidv7();
      await open().append([
        says(stream, `a ${SECRET}`),
        edit(stream, 1, `b ${SECRET}`),
        react(stream, 1, '👍'),
        edit(stream, 1, `c ${SECRET}`),
        says(stream, 'stays'),
      ]);
      assert.deepEqual(await found(stream, SECRET), [1]);
      const [appended] = await open().append([remove(stream, 1)]);
      assert.deepEqual(appended, { duplicate: false, seq: 6 });
      await assertGone(stream, 'deleted', [1, 2, 4]);
      assert.deepEqual(
        (await open().read(stream, 0, 10, 1e6)).map((event) => event.seq),
        [1, 2, 3, 4, 5, 6],
      );
      assert.deepEqual(await found(stream, 'stays'), [5]);
    });

    it('works within the call that made the message', async () => {
      const stream = uuidv7();
      await open().append([says(stream, SECRET), edit(stream, 1, `more ${SECRET}`), remove(stream, 1)]);
      await assertGone(stream, 'deleted', [1, 2]);
    });

    it('is not undone by an edit or a reaction that comes later', async () => {
      const stream = uuidv7();
      await open().append([says(stream, SECRET), remove(stream, 1)]);
      await open().append([edit(stream, 1, SECRET), react(stream, 1, '👍'), remove(stream, 1)]);
      await assertGone(stream, 'deleted', [1, 3]);
    });

    it('answers a repeated command with the tombstone', async () => {
      const stream = uuidv7();
      const made = says(stream, SECRET);
      await open().append([made, remove(stream, 1)]);
      const [again] = await open().append([made]);
      assert.ok(again?.duplicate && !again.event.body.includes(SECRET));
      const [looked] = await open().lookup([{ user: made.sender.user, id: made.id }]);
      assert.equal(JSON.parse(looked!.body).deleted, true);
    });

    it('removes nothing but messages, and nothing in other streams', async () => {
      const [stream, other] = [uuidv7(), uuidv7()];
      await open().append([draft({ stream, type: 'group.created' }), says(other, 'stays')]);
      await open().append([remove(stream, 1), remove(stream, 50)]);
      assert.equal((await bodyOf(stream, 1)).deleted, undefined);
      assert.equal((await bodyOf(other, 1)).content.text, 'stays');
    });
  });

  describe('expiry', () => {
    it('removes what is due with all that hangs on it, and reports it once', async () => {
      const stream = uuidv7();
      await open().append([
        says(stream, SECRET, { expires: 5_000 }),
        says(stream, 'later', { expires: 6_000 }),
        says(stream, 'never'),
        edit(stream, 1, `b ${SECRET}`),
        react(stream, 1, '👍'),
      ]);
      assert.equal((await open().get(stream, 4))?.expires, 5_000, 'an edit expires with its message');
      const mine = async (now: number) =>
        (await open().expire(now, 1_000)).filter((gone) => gone.stream === stream).map((gone) => gone.seq);
      assert.deepEqual(await mine(4_999), []);
      assert.deepEqual(await mine(5_000), [1, 4]);
      assert.deepEqual(await mine(5_000), []);
      await assertGone(stream, 'expired', [1, 4]);
      assert.deepEqual(await found(stream, 'later'), [2]);
      assert.deepEqual(await mine(9_000), [2]);
      assert.equal((await bodyOf(stream, 3)).content.text, 'never');
    });

    it('works in steps: a message takes its edits with it', async () => {
      const stream = uuidv7();
      await open().append([
        says(stream, SECRET, { expires: 1 }),
        edit(stream, 1, SECRET),
        says(stream, SECRET, { expires: 2 }),
        says(stream, SECRET, { expires: 3 }),
      ]);
      const steps: number[][] = [];
      for (;;) {
        const step = await open().expire(10, 1);
        if (step.length === 0) break;
        steps.push(step.map((gone) => gone.seq));
      }
      assert.deepEqual(steps, [[1, 2], [3], [4]]);
      await assertGone(stream, 'expired', [1, 2, 3, 4]);
    });

    it('is not caught from a message that only a repetition seemed to add', async () => {
      const stream = uuidv7();
      const made = says(stream, SECRET, { expires: 5_000 });
      await open().append([made]);
      // Were the repetition no duplicate, it would be event 2; so the edit is, and amends nothing.
      const appended = await open().append([made, edit(stream, 2, 'stays')]);
      assert.deepEqual(
        appended.map(({ duplicate }) => duplicate),
        [true, false],
      );
      const edited = await open().get(stream, 2);
      assert.deepEqual([edited?.type, edited?.expires], ['message.edited', null]);
      assert.deepEqual(await open().expire(5_000, 100), [{ stream, seq: 1 }]);
      assert.equal((await bodyOf(stream, 2)).content.text, 'stays');
    });

    it('lets neither an edit back in nor touches what was deleted before', async () => {
      const stream = uuidv7();
      await open().append([
        says(stream, SECRET, { expires: 1 }),
        says(stream, SECRET, { expires: 1 }),
        remove(stream, 2),
      ]);
      assert.deepEqual(await open().expire(10, 100), [{ stream, seq: 1 }]);
      await open().append([edit(stream, 1, SECRET)]);
      await assertGone(stream, 'expired', [1, 4]);
      await assertGone(stream, 'deleted', [2]);
      assert.deepEqual(await open().expire(10, 100), []);
    });
  });
}
