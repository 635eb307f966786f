import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { type DunlinClient, MemoryStorage } from '../../sdk/index.ts';
import type { Person } from '../chat/chat.ts';
import { People } from './people.ts';

function world(storage = new MemoryStorage()) {
  const waiting: { user: string; answer(name: string | null): void }[] = [];
  const asked: string[] = [];
  const state = { status: 'online', now: 1_000_000, contacts: [] as object[] };
  const client = {
    user: 'me',
    get status() {
      return state.status;
    },
    query(type: string, { user }: { user: string }) {
      if (type === 'contacts.list') return Promise.resolve({ contacts: state.contacts });
      asked.push(user);
      return new Promise((resolve) => {
        const answer = (name: string | null) =>
          resolve({ id: user, username: user, name, kind: 'person', photo: null, status: null });
        waiting.push({ user, answer });
      });
    },
  };
  const people = new People(client as unknown as DunlinClient, storage, () => state.now);
  const told: Person[] = [];
  people.onChange = (person) => told.push(person);
  const answerAll = async () => {
    while (waiting.length > 0) {
      for (const { user, answer } of waiting.splice(0)) answer(`${user}!`);
      await turn();
      await turn();
    }
  };
  return { people, state, asked, waiting, told, storage, answerAll };
}

describe('what people are called', () => {
  it('is asked for once, and few at a time', async () => {
    const { people, asked, waiting, answerAll } = world();
    for (let user = 0; user < 50; user++) {
      people.follow(`u${user}`);
      people.follow(`u${user}`);
    }
    assert.equal(waiting.length, 4);
    await answerAll();
    assert.equal(asked.length, 50);
    assert.equal(people.get('u49')?.name, 'u49!');
  });

  it('is not asked for when nobody looks any more', async () => {
    const { people, asked, answerAll } = world();
    for (let user = 0; user < 10; user++) people.follow(`u${user}`);
    for (let user = 0; user < 10; user++) people.unfollow(`u${user}`);
    await answerAll();
    assert.deepEqual(asked, ['u0', 'u1', 'u2', 'u3']);
  });

  it('is known without a connection, and asked for again when it is old', async () => {
    const first = world();
    first.people.follow('bob');
    await first.answerAll();
    const { people, state, asked, answerAll } = world(first.storage);
    state.status = 'offline';
    await people.load();
    people.follow('bob');
    assert.equal(people.get('bob')?.name, 'bob!');
    state.status = 'online';
    state.now += 60 * 60_000;
    await people.online();
    await answerAll();
    assert.deepEqual(asked, ['bob']);
  });

  it('is what one calls a contact oneself', async () => {
    const { people, state, told, answerAll } = world();
    people.follow('bob');
    await answerAll();
    state.contacts = [{ user: 'bob', name: 'Bobby', profile_name: 'bob!' }];
    await people.took({ type: 'contact.added', user: 'bob', sender: { user: 'me' } } as never);
    assert.equal(people.get('bob')?.name, 'Bobby');
    assert.deepEqual(
      told.map(({ name }) => name),
      ['bob!', 'Bobby'],
    );
  });
});
