import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { Refused } from '../../../protocol/errors.ts';
import { readCursor, writeCursor } from './page-cursor.ts';

const types = fc.array(fc.constantFrom('string' as const, 'number' as const), { maxLength: 4 });

it('a cursor is read as it was written', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string(), fc.integer()), { maxLength: 4 }), (parts) => {
      const shape = parts.map((part) => typeof part as 'string' | 'number');
      assert.deepEqual(readCursor(writeCursor(parts), shape), parts);
    }),
  );
});

it('anything else is refused, and nothing but refused', () => {
  const made = fc.oneof(
    fc.string(),
    fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('base64url')),
    fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value)).toString('base64url')),
  );
  fc.assert(
    fc.property(made, types, (cursor, shape) => {
      try {
        const parts = readCursor(cursor, shape);
        assert.deepEqual(
          parts.map((part) => typeof part),
          shape,
        );
      } catch (error) {
        assert.ok(error instanceof Refused && error.refusal.code === 'bad_cursor', String(error));
      }
    }),
  );
});
