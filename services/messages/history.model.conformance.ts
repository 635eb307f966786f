import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { uuidv7 } from 'uuidv7';
import { foldOf, type ReactionGroup } from './fold.ts';
import type { Appended, EventDraft, Fold, History } from './history.ts';
import { draft, edit, everything, react, remove, says } from './samples.ts';

const STREAMS = 3;
const USERS = 3;
const WORDS = ['ant', 'bee', 'cat', 'dog'];
const EMOJI = ['👍', '🎉'];

interface Known {
  draft: EventDraft;
  seq: number;
  expires: number | null;
  removed: 'deleted' | 'expired' | null;
  edited: NonNullable<Fold['edited']> | null;
  text: string | null;
  target: Known | null;
  reactions: Map<string, { emoji: string; at: number }>;
}

/** History as the port's documentation says it, in the plainest way. */
class Model {
  readonly streams = new Map<string, Known[]>();
  readonly commands = new Map<string, Known>();

  append(drafts: EventDraft[]): { seq: number; duplicate: boolean }[] {
    return drafts.map((one) => {
      const key = `${one.sender.user} ${one.id}`;
      const first = this.commands.get(key);
      if (first !== undefined) return { seq: first.seq, duplicate: true };
      const events = this.streams.get(one.stream) ?? [];
      this.streams.set(one.stream, events);
      const made: Known = {
        draft: one,
        seq: events.length + 1,
        expires: one.expires,
        removed: null,
        edited: null,
        text: one.text,
        target: null,
        reactions: new Map(),
      };
      const target = one.amends && events[one.amends.seq - 1];
      events.push(made);
      this.commands.set(key, made);
      if (target?.draft.type === 'message') this.#amend(made, target);
      return { seq: made.seq, duplicate: false };
    });
  }

  expire(now: number): Set<Known> {
    const due = [...this.streams.values()].flat().filter(({ expires }) => expires !== null && expires <= now);
    const gone = new Set<Known>();
    for (const event of due) for (const one of this.#remove(event, 'expired')) gone.add(one);
    return gone;
  }

  #amend(made: Known, target: Known): void {
    const amends = made.draft.amends!;
    if (amends.kind === 'edit') {
      made.target = target;
      made.expires = target.expires;
      if (target.removed !== null) return void this.#remove(made, target.removed);
      target.edited = { at: amends.at, content: amends.content, count: (target.edited?.count ?? 0) + 1 };
      target.text = amends.text;
    } else if (target.removed !== null) return;
    else if (amends.kind === 'delete') this.#remove(target, 'deleted');
    else if (amends.emoji === null) target.reactions.delete(amends.user);
    else target.reactions.set(amends.user, { emoji: amends.emoji, at: amends.at });
  }

  #remove(event: Known, how: 'deleted' | 'expired'): Known[] {
    const edits = this.streams.get(event.draft.stream)!.filter(({ target }) => target === event);
    const gone = [event, ...edits].filter(({ removed }) => removed === null);
    for (const one of gone) {
      Object.assign(one, { removed: how, expires: null, edited: null, text: null, reactions: new Map() });
    }
    return gone;
  }

  static fold({ edited, reactions }: Known): Fold | null {
    const groups = new Map<string, ReactionGroup>();
    const inOrder = [...reactions].sort(([a, x], [b, y]) => x.at - y.at || (a < b ? -1 : 1));
    for (const [user, { emoji, at }] of inOrder) {
      const group = groups.get(emoji) ?? { emoji, count: 0, users: [], since: at };
      groups.set(emoji, { ...group, count: group.count + 1, users: [...group.users, user] });
    }
    return foldOf(edited, [...groups.values()]);
  }
}

type Step = { do: 'append'; drafts: Plan[] } | { do: 'expire'; now: number } | { do: 'search'; word: string };
interface Plan {
  kind: 'say' | 'edit' | 'delete' | 'react' | 'other' | 'repeat';
  stream: number;
  user: number;
  seq: number;
  word: number;
  time: number;
  expires: number | null;
}

const plan: fc.Arbitrary<Plan> = fc.record({
  kind: fc.constantFrom('say', 'say', 'say', 'edit', 'edit', 'delete', 'react', 'react', 'other', 'repeat'),
  stream: fc.nat(STREAMS - 1),
  user: fc.nat(USERS - 1),
  seq: fc.integer({ min: 1, max: 8 }),
  word: fc.nat(WORDS.length - 1),
  time: fc.nat(50),
  expires: fc.option(fc.nat(100), { freq: 3 }),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('append'),
      drafts: fc.array(plan, { minLength: 1, maxLength: 6 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('expire'), now: fc.nat(100) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('search'), word: fc.constantFrom(...WORDS) }) },
);

/** Random interleavings of everything that writes, held against {@link Model}; each of them after `empty`. */
export function modelConformance(open: () => History, empty: () => Promise<void>): void {
  it('does what a naive model does, whatever the order', async () => {
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 15 }), run), { numRuns: 60 });
  });

  async function run(steps: Step[]): Promise<void> {
    await empty();
    const history = open();
    const streams = Array.from({ length: STREAMS }, () => uuidv7());
    const senders = Array.from({ length: USERS }, () => ({ user: uuidv7(), device: uuidv7() }));
    const model = new Model();
    const made: EventDraft[] = [];

    const toDraft = (p: Plan): EventDraft => {
      const stream = streams[p.stream]!;
      const fields = { sender: senders[p.user]!, time: p.time };
      const word = WORDS[p.word]!;
      if (p.kind === 'say') return says(stream, word, { ...fields, expires: p.expires });
      if (p.kind === 'edit') return edit(stream, p.seq, `${word} edited`, fields);
      if (p.kind === 'delete') return remove(stream, p.seq, fields);
      if (p.kind === 'react') return react(stream, p.seq, EMOJI[p.word] ?? null, fields);
      const other = draft({ stream, type: 'group.updated', ...fields });
      return p.kind === 'repeat' ? (made[p.seq % Math.max(1, made.length)] ?? other) : other;
    };

    for (const one of steps) {
      if (one.do === 'append') {
        const drafts = one.drafts.map(toDraft);
        made.push(...drafts);
        const appended = await history.append(drafts);
        assert.deepEqual(appended.map(outcome), model.append(drafts));
      } else if (one.do === 'expire') {
        const gone = (await history.expire(one.now, 1_000)).filter(({ stream }) => streams.includes(stream));
        const expected = [...model.expire(one.now)].map(({ draft: { stream }, seq }) => `${stream} ${seq}`);
        assert.deepEqual(gone.map(({ stream, seq }) => `${stream} ${seq}`).sort(), expected.sort());
      } else {
        await compareSearch(one.word);
      }
    }
    for (const stream of streams) await compare(stream);
    for (const word of WORDS) await compareSearch(word);

    async function compareSearch(word: string): Promise<void> {
      const where = streams.map((stream) => ({ stream, ranges: everything }));
      const found = await history.search(where, word, null, 500);
      const expected = [...model.streams.values()].flat().filter(({ text }) => text?.startsWith(word));
      const key = ({ stream, seq }: { stream: string; seq: number }) => `${stream} ${seq}`;
      const wanted = expected.map(({ draft: { stream }, seq }) => key({ stream, seq }));
      assert.deepEqual(found.map(key).sort(), wanted.sort());
    }

    async function compare(stream: string): Promise<void> {
      const events = await history.page(stream, everything, {}, 500);
      const known = model.streams.get(stream) ?? [];
      assert.equal(events.length, known.length);
      for (const [i, event] of events.entries()) {
        const expected = known[i]!;
        assert.equal(event.seq, expected.seq);
        assert.equal(event.id, expected.draft.id);
        assert.equal(event.expires, expected.expires);
        assert.deepEqual(event.fold, Model.fold(expected));
        if (expected.removed === null) assert.equal(event.body, expected.draft.body);
        else
          assert.deepEqual(
            [JSON.parse(event.body)[expected.removed], JSON.parse(event.body).content],
            [true, undefined],
          );
      }
    }
  }
}

const outcome = (one: Appended) => ({
  seq: one.duplicate ? one.event.seq : one.seq,
  duplicate: one.duplicate,
});
