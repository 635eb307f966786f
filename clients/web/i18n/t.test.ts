import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { ar } from './ar.ts';
import { dayName, daysBetween, shortTime } from './dates.ts';
import { en } from './en.ts';
import { preferred, speak } from './language.ts';
import type { Message } from './messages.ts';
import { t } from './t.ts';

const namesIn = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
const formsOf = (message: Message): Record<string, string> =>
  typeof message === 'string' ? { other: message } : (message as Record<string, string>);

describe('words', () => {
  afterEach(() => speak('en'));

  it('take their values, and numbers as they are written', () => {
    assert.equal(t('list.theirs', { name: 'Bob', text: 'hi {name}' }), 'Bob: hi {name}');
    assert.equal(t('list.unread', { count: 1 }), '1 unread message');
    assert.equal(t('list.unread', { count: 1_200 }), '1,200 unread messages');
  });

  it('have the plural forms of their language', async () => {
    await speak('ar');
    const said = [0, 1, 2, 3, 11, 100].map((count) => t('list.unread', { count }));
    assert.equal(new Set(said).size, said.length);
    for (const [key, message] of Object.entries(ar)) {
      if (typeof message === 'string') continue;
      // What is counted has at least a singular and a dual; whether the others differ is for who reads it.
      const forms = new Set(Object.keys(message));
      const counted = Object.values(formsOf(message)).some((text) => /\{count\} ?\p{Letter}/u.test(text));
      for (const form of counted ? ['one', 'two', 'other'] : ['other'])
        assert.ok(forms.has(form), `${key} has no ${form}`);
    }
  });

  it('keep a name in another script from turning the sentence around', async () => {
    assert.equal(t('list.typingOne', { name: 'ليلى' }), '\u2068ليلى\u2069 is typing…');
    assert.equal(t('list.typingOne', { name: 'Bob' }), 'Bob is typing…');
    await speak('ar');
    assert.match(t('list.typingOne', { name: 'Bob' }), /\u2068Bob\u2069/);
  });

  it('use no value in Arabic that English does not give, and drop none but a count', () => {
    assert.deepEqual(Object.keys(ar).sort(), Object.keys(en).sort());
    for (const [key, message] of Object.entries(en)) {
      const wanted = new Set(Object.values(formsOf(message)).flatMap(namesIn));
      for (const text of Object.values(formsOf(ar[key as keyof typeof ar] as Message))) {
        const used = namesIn(text);
        for (const name of used) assert.ok(wanted.has(name), `${key}: {${name}}`);
        for (const name of wanted)
          if (name !== 'count') assert.ok(used.includes(name), `${key} lacks {${name}}`);
      }
    }
  });

  it('are of the first language that is spoken here', () => {
    assert.equal(preferred(['de-CH', 'ar-EG', 'en']), 'ar');
    assert.equal(preferred(['de']), 'en');
    assert.equal(preferred(['__proto__', 'constructor']), 'en');
  });
});

describe('days', () => {
  const now = new Date(2026, 2, 30, 9).getTime();
  const at = (...when: [number, number, number, number]) => new Date(...when).getTime();

  it('are counted from midnight to midnight, also where an hour is missing', () => {
    assert.equal(daysBetween(at(2026, 2, 29, 23), now), 1);
    assert.equal(daysBetween(at(2026, 2, 28, 23), now), 2);
    assert.equal(daysBetween(at(2026, 2, 30, 0), now), 0);
  });

  it('are called as people call them', () => {
    assert.equal(dayName(at(2026, 2, 30, 1), now), 'Today');
    assert.equal(dayName(at(2026, 2, 29, 1), now), 'Yesterday');
    assert.equal(dayName(at(2026, 2, 27, 1), now), 'Friday');
    assert.match(dayName(at(2026, 1, 3, 1), now), /^(3 February|February 3)$/);
    assert.match(dayName(at(2025, 1, 3, 1), now), /2025/);
    assert.equal(shortTime(at(2026, 2, 27, 1), now), 'Fri');
  });
});
