import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Refused } from '../../protocol/errors.ts';
import type { Mark } from './mark.ts';
import { type Destination, MigrationRefused, move, type Progress } from './move.ts';
import { type Part, pageOf } from './part.ts';
import { persistently } from './persistently.ts';

interface Row {
  id: number;
  text: string;
}

const quiet: Progress = { rows() {}, says() {} };
const PAGE = 3;
const rowsOf = (count: number): Row[] =>
  Array.from({ length: count }, (_, i) => ({ id: i + 1, text: `row ${i + 1}` }));

/** A server in memory, and what the data folder has for it. `dies` is asked before everything that is written. */
function stage(source: Record<string, Row[]>, dies: () => boolean = () => false) {
  const stored: Record<string, Map<number, Row>> = {};
  const server = { mark: null as string | null, writes: 0 };
  const alive = () => {
    if (dies()) throw new Error('killed');
    server.writes++;
  };
  const part = (name: string): Part<Row> => {
    const rows = () => source[name]!;
    stored[name] = new Map();
    const compared = (row: Row) => ({ key: String(row.id), value: row });
    const after = (all: Row[], place: unknown) =>
      pageOf(all.filter(({ id }) => id > Number(place ?? 0)).slice(0, PAGE), PAGE, ({ id }) => id);
    return {
      name,
      compared,
      read: async (place) => after(rows(), place),
      async write(written) {
        for (const row of written) {
          alive();
          stored[name]!.set(row.id, { ...row });
        }
      },
      async readBack(place) {
        const all = [...stored[name]!.values()].sort((a, b) => a.id - b.id);
        const page = after(all, place);
        return { rows: page.rows.map(compared), next: page.next };
      },
    };
  };
  const destination: Destination = {
    name: 'server',
    parts: Object.keys(source).map(part),
    mark: {
      read: async () => (server.mark === null ? null : (JSON.parse(server.mark) as Mark)),
      async begin(mark) {
        alive();
        server.mark ??= JSON.stringify(mark);
      },
      async save(mark) {
        alive();
        server.mark = JSON.stringify(mark);
      },
    },
    isEmpty: async () => Object.values(stored).every(({ size }) => size === 0),
  };
  return { destination, stored, server, source };
}

const differences = (comparisons: Awaited<ReturnType<typeof move>>) =>
  comparisons.flatMap(({ part, differences: found }) => found.map((one) => `${part}: ${one}`));

describe('A migration', () => {
  it('killed before any of its writes, it ends with the same when it is started again', async () => {
    for (let last = 0; ; last++) {
      let left = last;
      let killed = false;
      const { destination, stored, source } = stage({ a: rowsOf(8), b: rowsOf(3), c: [] }, () => {
        if (left-- === 0) killed = true;
        return killed;
      });
      const first = await move(destination, 'one', quiet).catch((error: Error) => error.message);
      if (!killed) {
        assert.ok(last > 15, 'it has been killed at every write');
        break;
      }
      assert.equal(first, 'killed');
      killed = false;
      left = -1;
      assert.deepEqual(differences(await move(destination, 'one', quiet)), []);
      for (const name of ['a', 'b', 'c']) assert.deepEqual([...stored[name]!.values()], source[name]);
    }
  });

  it('goes on where it was, and does not begin anew', async () => {
    let left = 9;
    const { destination, server } = stage({ a: rowsOf(9) }, () => left-- === 0);
    await assert.rejects(move(destination, 'one', quiet), /killed/);
    const before = server.writes;
    await move(destination, 'one', quiet);
    // Of three pages one, with what says so, and that it is done.
    assert.ok(server.writes - before <= 3 + 3, `${server.writes - before} writes`);
  });

  it('writes nothing to a server that was moved to before, and finds what differs there', async () => {
    const { destination, server, stored } = stage({ a: rowsOf(8), b: rowsOf(2) });
    await move(destination, 'one', quiet);
    const before = server.writes;
    assert.deepEqual(differences(await move(destination, 'one', quiet)), []);
    stored.a!.get(4)!.text = 'another';
    assert.deepEqual(differences(await move(destination, 'one', quiet)), ['a: 4 differs']);
    stored.a!.get(4)!.text = 'row 4';
    stored.a!.delete(5);
    assert.deepEqual(differences(await move(destination, 'one', quiet)), ['a: 5 is missing']);
    stored.a!.set(5, rowsOf(5)[4]!);
    stored.b!.set(77, { id: 77, text: 'more' });
    assert.deepEqual(differences(await move(destination, 'one', quiet)), ['b: 77 should not be there']);
    assert.equal(server.writes, before);
  });

  it('is refused where there are other data, another installation, or a source that has gone on', async () => {
    const { destination, server, stored, source } = stage({ a: rowsOf(4), b: [] });
    stored.b!.set(1, { id: 1, text: 'live' });
    await assert.rejects(move(destination, 'one', quiet), MigrationRefused);
    assert.equal(server.writes, 0);
    stored.b!.clear();
    await move(destination, 'one', quiet);
    const before = server.writes;
    await assert.rejects(move(destination, 'two', quiet), /another installation/);
    source.b!.push({ id: 1, text: 'since' });
    await assert.rejects(move(destination, 'one', quiet), /changed since \(b\)/);
    assert.equal(server.writes, before);
  });

  it('is not done while something differs', async () => {
    const { destination, server, stored } = stage({ a: rowsOf(4) });
    const { write } = destination.parts[0]!;
    destination.parts[0]!.write = async (rows) => {
      await write!(rows);
      stored.a!.delete(2);
    };
    assert.deepEqual(differences(await move(destination, 'one', quiet)), ['a: 2 is missing']);
    assert.equal((JSON.parse(server.mark!) as Mark).state, 'moving');
  });

  it('of any two sides that differ in one row finds that row', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 40 }), fc.nat(), fc.string(), async (count, at, text) => {
        const { destination, stored } = stage({ a: rowsOf(count) });
        await move(destination, 'one', quiet);
        const id = (at % count) + 1;
        stored.a!.set(id, { id, text });
        assert.deepEqual(
          differences(await move(destination, 'one', quiet)),
          text === `row ${id}` ? [] : [`a: ${id} differs`],
        );
      }),
      { numRuns: 50 },
    );
  });

  it('tries again while a server does not answer, and no longer', async () => {
    let calls = 0;
    const answer = await persistently(async () => {
      if (++calls < 4) throw new Refused('unavailable');
      return 'here';
    }, 0);
    assert.deepEqual([answer, calls], ['here', 4]);
    const away = async () => {
      calls++;
      throw new Refused('unavailable');
    };
    await assert.rejects(persistently(away, 0), Refused);
    assert.equal(calls, 14);
    const wrong = async () => {
      calls++;
      throw new Error('wrong');
    };
    await assert.rejects(persistently(wrong, 0), /wrong/);
    assert.equal(calls, 15);
  });
});
