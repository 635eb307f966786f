import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Storage } from './storage.ts';

interface Options {
  /** A fresh, empty storage. */
  create(): Promise<Storage>;
  /** Closes it and opens the same again; absent: what is closed is gone. */
  reopen?: (storage: Storage) => Promise<Storage>;
}

/** What every {@link Storage} must do. */
export function storageConformance(name: string, { create, reopen }: Options): void {
  describe(`${name} as a storage`, () => {
    it('gives back what was written, and undefined for the rest', async () => {
      const storage = await create();
      await storage.write([
        ['a', '1'],
        ['b', ''],
      ]);
      assert.equal(await storage.get('a'), '1');
      assert.equal(await storage.get('b'), '');
      assert.equal(await storage.get('c'), undefined);
      assert.equal(await storage.get('__proto__'), undefined);
      await storage.close();
    });

    it('overwrites, and deletes with null, in the order of one write', async () => {
      const storage = await create();
      await storage.write([['a', '1']]);
      await storage.write([
        ['a', '2'],
        ['b', '1'],
        ['b', null],
        ['c', null],
        ['c', '1'],
      ]);
      assert.deepEqual(await storage.list(''), [
        ['a', '2'],
        ['c', '1'],
      ]);
      await storage.close();
    });

    it('lists by prefix and nothing beside it', async () => {
      const storage = await create();
      const keys = [
        'event/1',
        'event/2',
        'event',
        'eventful',
        'event0',
        'event/',
        'name/1',
        'Event/1',
        'event/_%',
      ];
      await storage.write(keys.map((key) => [key, key]));
      assert.deepEqual(
        (await storage.list('event/')).map(([key]) => key),
        ['event/', 'event/1', 'event/2', 'event/_%'],
      );
      assert.deepEqual(await storage.list('event/_'), [['event/_%', 'event/_%']]);
      assert.deepEqual(await storage.list('nothing/'), []);
      await storage.close();
    });

    it('is a sorted map, whatever is written', async () => {
      const key = fc.string({ unit: fc.constantFrom('a', 'b', '/', '0', 'é', '字'), maxLength: 5 });
      const entry = fc.tuple(key, fc.option(fc.string(), { nil: null }));
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(entry, { maxLength: 4 }), { maxLength: 8 }),
          key,
          async (writes, prefix) => {
            const storage = await create();
            const model = new Map<string, string>();
            for (const entries of writes) {
              await storage.write(entries);
              for (const [k, value] of entries) value === null ? model.delete(k) : model.set(k, value);
            }
            const expected = [...model]
              .filter(([k]) => k.startsWith(prefix))
              .sort(([a], [b]) => (a < b ? -1 : 1));
            assert.deepEqual(await storage.list(prefix), expected);
            for (const [k, value] of model) assert.equal(await storage.get(k), value);
            await storage.close();
          },
        ),
        { numRuns: 50 },
      );
    });

    it('lists a slice: from here, up to there, so many at either end', async () => {
      const storage = await create();
      const keys = ['a/1', 'a/2', 'a/3', 'a/4', 'b/1'];
      await storage.write(keys.map((key) => [key, key.toUpperCase()]));
      const of = async (...args: Parameters<Storage['list']>) =>
        (await storage.list(...args)).map(([key, value]) => {
          assert.equal(value, key.toUpperCase());
          return key;
        });
      assert.deepEqual(await of('a/', { first: 2 }), ['a/1', 'a/2']);
      assert.deepEqual(await of('a/', { last: 2 }), ['a/3', 'a/4']);
      assert.deepEqual(await of('a/', { last: 9 }), ['a/1', 'a/2', 'a/3', 'a/4']);
      assert.deepEqual(await of('a/', { from: 'a/2' }), ['a/2', 'a/3', 'a/4']);
      assert.deepEqual(await of('a/', { from: 'a/2', to: 'a/4' }), ['a/2', 'a/3']);
      assert.deepEqual(await of('a/', { from: 'a/2', to: 'a/4', first: 1 }), ['a/2']);
      assert.deepEqual(await of('a/', { from: 'a/1', to: 'a/4', last: 1 }), ['a/3']);
      assert.deepEqual(await of('a/', { from: 'a/25' }), ['a/3', 'a/4']);
      // A slice is of its prefix, whatever it names.
      assert.deepEqual(await of('a/', { from: '', to: 'c' }), ['a/1', 'a/2', 'a/3', 'a/4']);
      assert.deepEqual(await of('a/', { from: 'a/3', to: 'a/2' }), []);
      assert.deepEqual(await of('a/', { first: 0 }), []);
      assert.deepEqual(await of('a/', { last: 0 }), []);
      await storage.close();
    });

    it('keeps everything over a restart', { skip: reopen === undefined && 'keeps nothing' }, async () => {
      let storage = await create();
      await storage.write([
        ['a/1', '🍝'],
        ['a/2', 'x'.repeat(100_000)],
      ]);
      await storage.write([['a/1', null]]);
      storage = await reopen!(storage);
      assert.deepEqual(await storage.list('a/'), [['a/2', 'x'.repeat(100_000)]]);
      await storage.close();
    });
  });
}
