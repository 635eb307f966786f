import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { en } from './en.ts';
import { counted, fill, type Language, languages, spokenBy } from './words.ts';

type Leaf = [path: string, value: string | Record<string, string>];

function leaves(words: object, path = ''): Leaf[] {
  return Object.entries(words).flatMap(([key, value]): Leaf[] => {
    const name = `${path}${key}`;
    if (typeof value === 'string') return [[name, value]];
    return 'other' in value ? [[name, value]] : leaves(value, `${name}.`);
  });
}
const placeholders = (text: string) => (text.match(/\{\w+\}/g) ?? []).toSorted();

describe('the words of mails', () => {
  const english = leaves(en);
  for (const language of Object.keys(languages) as Language[]) {
    it(`are all there in ${language}, with the same values in them, in every form for numbers`, () => {
      const words = leaves(languages[language]);
      assert.deepEqual(
        words.map(([path]) => path),
        english.map(([path]) => path),
      );
      const categories = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
      for (const [i, [path, value]] of words.entries()) {
        if (typeof value === 'string') {
          assert.notEqual(value.trim(), '', path);
          assert.deepEqual(placeholders(value), placeholders(english[i]![1] as string), path);
        } else assert.deepEqual(Object.keys(value).toSorted(), categories.toSorted(), path);
      }
    });
  }

  it('are Arabic in Arabic', () => {
    for (const [path, value] of leaves(languages.ar))
      for (const text of typeof value === 'string' ? [value] : Object.values(value))
        assert.match(text, /\p{Script=Arabic}/u, path);
  });

  it('count', () => {
    const { inConversation } = languages.ar.digest;
    assert.deepEqual(
      [2, 5, 11].map((n) => counted('ar', inConversation, n).replaceAll(/[\d٠-٩]+/g, '#')),
      ['رسالتان', '# رسائل', '# رسالة'],
    );
    assert.equal(counted('en', languages.en.digest.more, 1_200), 'and 1,200 more conversations');
  });

  it('hold values as they are, apart from what is around them', () => {
    assert.equal(fill('a {x} b', { x: '{y}$&' }), 'a \u2068{y}$&\u2069 b');
    assert.equal(fill('a {x}', {}), 'a {x}');
  });

  it('are those a browser asks for', () => {
    assert.equal(spokenBy('fr-FR, ar;q=0.8, en', 'en'), 'ar');
    assert.equal(spokenBy(undefined, 'ar'), 'ar');
    assert.equal(spokenBy('x,'.repeat(1_000), 'en'), 'en');
  });
});
