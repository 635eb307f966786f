import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { errors as codes } from '../../../protocol/errors.ts';
import { ar } from './ar.ts';
import { en } from './en.ts';

describe('what people are told of errors', () => {
  it('is there for every code that there is, in every language', () => {
    for (const [language, words] of Object.entries({ en, ar }))
      assert.deepEqual(
        Object.keys(codes).filter((code) => !Object.hasOwn(words, `error.${code}`)),
        [],
        language,
      );
  });

  it('is of no code that there is not', () => {
    const own = ['error.unreachable', 'error.unknown', 'error.wait', 'error.bad_username'];
    assert.deepEqual(
      Object.keys(en).filter(
        (key) => key.startsWith('error.') && !own.includes(key) && !Object.hasOwn(codes, key.slice(6)),
      ),
      [],
    );
  });

  it('is written in the language that it is for', () => {
    const arabic = /\p{Script=Arabic}/u;
    const wrong = Object.entries(ar).filter(
      ([key, text]) => key.startsWith('error.') && !arabic.test(typeof text === 'string' ? text : text.other),
    );
    assert.deepEqual(wrong, []);
  });
});
