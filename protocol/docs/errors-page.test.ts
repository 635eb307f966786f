import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { ErrorEntry } from '../errors/entry.ts';
import { errors } from '../errors.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const page = readFileSync(`${root}docs/ERRORS.md`, 'utf8');

interface Row extends ErrorEntry {
  code: string;
}

/** The rows of the page, read as a person reads them and not as they were written. */
function rows(): Row[] {
  return page
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => {
      const [, code, status, retry, message, next] = line.split('|').map((cell) => cell.trim());
      return {
        code: code!.slice(1, -1),
        status: Number(status),
        retry: retry === 'yes',
        message: message!,
        next: next!,
      };
    });
}

/** The program without its tests. */
const sources = globSync('{bin,broker,platform,protocol,server,services}/**/*.ts', { cwd: root })
  .concat(globSync('*.ts', { cwd: root }))
  .filter((file) => !/\.(test|conformance)\.ts$/.test(file) && !file.startsWith('protocol/errors'))
  .map((file) => ({ file, text: readFileSync(root + file, 'utf8') }));

describe('docs/ERRORS.md and the table of codes', () => {
  it('the page has every code of the table', () => {
    const documented = new Map(rows().map(({ code, ...entry }) => [code, entry]));
    for (const [code, entry] of Object.entries<ErrorEntry>(errors))
      assert.deepEqual(documented.get(code), { ...entry }, code);
  });

  it('the table has every code of the page, once', () => {
    assert.deepEqual(
      rows().map(({ code }) => code),
      Object.keys(errors),
    );
  });

  it('a code is in one of its parts only, and no part is left out', () => {
    const parts = globSync('protocol/errors/*.ts', { cwd: root }).map((file) =>
      readFileSync(root + file, 'utf8'),
    );
    const codes = parts.flatMap((text) => [...text.matchAll(/^ {2}(\w+): \{/gm)].map(([, code]) => code!));
    assert.deepEqual(codes.toSorted(), Object.keys(errors).toSorted());
  });

  it('every code says what to do, and has a status of HTTP that fits its retry', () => {
    for (const [code, { status, retry, message, next }] of Object.entries<ErrorEntry>(errors)) {
      assert.match(message, /^[A-Z].*\.$/, code);
      assert.match(next, /^[A-Z].*\.$/, code);
      assert.ok(status >= 400 && status < 600, code);
      // A mistake in the request does not mend itself.
      if (retry) assert.ok(status === 429 || status >= 500, code);
    }
  });
});

describe('codes in the sources', () => {
  it('are all in the table', () => {
    for (const { file, text } of sources) {
      for (const [, code] of text.matchAll(/\b(?:Refused|refusal)\(\s*'([^']*)'/g))
        assert.ok(Object.hasOwn(errors, code!), `${file}: ${code}`);
    }
  });

  for (const code of Object.keys(errors)) {
    it(`${code} is used`, () => {
      const user = sources.find(({ text }) => /\bRefus|\brefus/.test(text) && text.includes(`'${code}'`));
      assert.ok(user, 'no source refuses with it');
    });
  }
});
