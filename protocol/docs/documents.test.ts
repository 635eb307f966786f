import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { documents } from './documents.ts';

describe('the generated documents', () => {
  for (const [file, make] of Object.entries(documents)) {
    it(`docs/${file} is what the schemas say`, () => {
      const committed = readFileSync(new URL(`../../docs/${file}`, import.meta.url), 'utf8');
      assert.ok(committed === make(), 'it drifted: npm run docs');
    });
  }
});
