import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Compile } from 'typebox/compile';
import { uuidv7 } from 'uuidv7';
import { CommandId, Id, isUuid, Sequence, Username } from './ids.ts';
import { anyUuid, anyUuidV7 } from './samples.ts';

const schemas = {
  Id: Compile(Id),
  CommandId: Compile(CommandId),
  Username: Compile(Username),
  Sequence: Compile(Sequence),
};

describe('ids', () => {
  it('are UUIDs in lower case, of any version', () => {
    fc.assert(
      fc.property(anyUuid, (id) => {
        assert.ok(isUuid(id));
        assert.ok(schemas.Id.Check(id));
        assert.equal(isUuid(id.toUpperCase()), id === id.toUpperCase());
        assert.equal(schemas.CommandId.Check(id), id[14] === '7');
      }),
    );
  });

  it('isUuid and the schema say the same of everything', () => {
    const near = fc
      .tuple(anyUuid, fc.nat(35), fc.string({ maxLength: 2 }))
      .map(([id, at, put]) => id.slice(0, at) + put + id.slice(at + 1));
    fc.assert(
      fc.property(fc.oneof(near, fc.string()), (text) => {
        assert.equal(isUuid(text), schemas.Id.Check(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it('of commands are UUIDv7, as libraries make them', () => {
    fc.assert(fc.property(anyUuidV7, (id) => assert.ok(schemas.CommandId.Check(id))));
    for (let i = 0; i < 100; i++) assert.ok(schemas.CommandId.Check(uuidv7()));
  });

  for (const not of [
    '',
    '00000000-0000-0000-0000-000000000000',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
    '01940000-0000-9000-8000-000000000001',
    '01940000-0000-7000-7000-000000000001',
    '01940000000070008000000000000001',
    '{01940000-0000-7000-8000-000000000001}',
    'urn:uuid:01940000-0000-7000-8000-000000000001',
    '01940000-0000-7000-8000-00000000000g',
    '01940000-0000-7000-8000-000000000001\n',
    '\n01940000-0000-7000-8000-000000000001',
    '०1940000-0000-7000-8000-000000000001',
    '__proto__',
  ]) {
    it(`${JSON.stringify(not)} is none`, () => {
      assert.equal(isUuid(not), false);
      assert.equal(schemas.Id.Check(not), false);
    });
  }
});

describe('names', () => {
  for (const name of ['al', 'alice', '0x', 'a.b_c-d', 'x'.repeat(32)])
    it(`${name} is one`, () => assert.ok(schemas.Username.Check(name)));
  for (const name of [
    '',
    'a',
    'Alice',
    '.al',
    '-al',
    '_al',
    'x'.repeat(33),
    'al ice',
    'al\n',
    'älice',
    'al/ice',
    'al#',
  ])
    it(`${JSON.stringify(name)} is none`, () => assert.equal(schemas.Username.Check(name), false));
});

describe('sequence numbers', () => {
  for (const seq of [1, 2 ** 31, 2 ** 53 - 1])
    it(`${seq} is one`, () => assert.ok(schemas.Sequence.Check(seq)));
  for (const seq of [0, -1, 1.5, 2 ** 53, Number.NaN, Infinity, '1', 1n, null])
    it(`${String(seq)} is none`, () => assert.equal(schemas.Sequence.Check(seq), false));
});
