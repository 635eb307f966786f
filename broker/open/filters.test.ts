import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { covers, isFilter, matches } from './filters.ts';

const WORDS = ['a', 'b', ''];
const DEEPEST = 4;

/** Every topic of up to four levels over a small alphabet, with a word that no filter names. */
const topics: string[][] = [];
for (let level = [[]] as string[][], depth = 0; depth < DEEPEST; depth++) {
  level = level.flatMap((topic) => [...WORDS, 'other'].map((word) => [...topic, word]));
  topics.push(...level);
}

/** As the specification says it: by a regular expression of the whole topic. */
function bruteForce(filter: readonly string[], topic: readonly string[]): boolean {
  const pattern = filter
    .map((level, i) => {
      const slash = i === 0 ? '' : '/';
      if (level === '#') return i === 0 ? '.*' : '(?:/.*)?';
      return slash + (level === '+' ? '[^/]*' : level);
    })
    .join('');
  return new RegExp(`^${pattern}$`).test(topic.join('/'));
}

/** Of three levels, so that a topic of four tells what is behind a `#`. */
const filters = fc
  .tuple(fc.array(fc.constantFrom(...WORDS, '+'), { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(([levels, open]) => ['p', ...(open ? [...levels.slice(0, 2), '#'] : levels)]);
const below = topics.map((topic) => ['p', ...topic]).concat([['p']]);

describe('topic filters', () => {
  it('match as a regular expression of the specification does', () => {
    fc.assert(
      fc.property(filters, fc.constantFrom(...below), (filter, topic) => {
        assert.equal(matches(filter, topic), bruteForce(filter, topic), `${filter} ${topic}`);
      }),
      { numRuns: 2_000 },
    );
  });

  it('cover one another exactly when no topic tells them apart', () => {
    fc.assert(
      fc.property(filters, filters, (allowed, asked) => {
        const beyond = below.find((topic) => bruteForce(asked, topic) && !bruteForce(allowed, topic));
        assert.equal(covers(allowed, asked), beyond === undefined, `${allowed} ${asked} ${beyond}`);
      }),
      { numRuns: 3_000 },
    );
  });

  it('are told from what is none', () => {
    for (const filter of ['a', 'a/b', '+', '#', 'a/+/b', 'a/#', '/', '+/+', 'a//b'])
      assert.equal(isFilter(filter), true, filter);
    for (const none of ['', 'a#', 'a/#/b', '#/a', 'a+', 'a/+b', '++', '##', 'a\0b'])
      assert.equal(isFilter(none), false, none);
  });
});
