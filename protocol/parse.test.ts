/** What is a command and what is not: properties of the parser. Sizes and depths: parse.limits.test.ts. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Compile } from 'typebox/compile';
import { type CommandType, commands } from './commands.ts';
import { commandExamples } from './docs/example-commands.ts';
import { type ErrorCode, Refused } from './errors.ts';
import { bytes, json, refusalOf } from './fixtures/refusal-of.ts';
import { isUuid } from './ids.ts';
import { checkCommand, commandIdOf, parseCommand } from './parse.ts';
import { anyCommand, anyCommandOf, commandTypes } from './samples.ts';

const fits = Object.fromEntries(commandTypes.map((type) => [type, Compile(commands[type])]));

/** Refuses, or accepts what the schema accepts. */
function neverMoreThanTheSchema(payload: Uint8Array): void {
  if (refusalOf(payload) !== null) return;
  const value = JSON.parse(new TextDecoder().decode(payload)) as { type: CommandType };
  assert.ok(fits[value.type]!.Check(value));
}

describe('what is not a command', () => {
  it('arbitrary bytes are refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), (payload) => {
        assert.notEqual(refusalOf(payload), null);
      }),
      { numRuns: 2_000 },
    );
  });

  it('arbitrary JSON is refused', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        assert.notEqual(refusalOf(json(value)), null);
      }),
      { numRuns: 2_000 },
    );
  });

  it('objects that begin like a command are accepted only when they fit', () => {
    const start = fc.record({
      v: fc.constantFrom(1, 1, 1, '1', 2, null),
      id: fc.constantFrom(commandExamples['message.send'].id, 'x', 7, null),
      type: fc.oneof(fc.constantFrom(...commandTypes), fc.string(), fc.integer()),
    });
    fc.assert(
      fc.property(start, fc.dictionary(fc.string(), fc.jsonValue()), (head, rest) =>
        neverMoreThanTheSchema(json({ ...rest, ...head })),
      ),
      { numRuns: 2_000 },
    );
  });

  const table: [string, string | Uint8Array, ErrorCode][] = [
    ['nothing', '', 'bad_json'],
    ['half an object', '{"v":1', 'bad_json'],
    ['two objects', '{} {}', 'bad_json'],
    ['an array', '[]', 'bad_json'],
    ['null', 'null', 'bad_json'],
    ['a number', '1', 'bad_json'],
    ['a byte order mark before it', '\ufeff{"v":1}', 'bad_json'],
    ['a byte that UTF-8 does not know', Uint8Array.of(0x7b, 0xff, 0x7d), 'bad_json'],
    ['an overlong encoding', Uint8Array.of(0x22, 0xc0, 0xaf, 0x22), 'bad_json'],
    ['a surrogate in UTF-8', Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22), 'bad_json'],
    ['UTF-16', new Uint8Array(Buffer.from('{"v":1}', 'utf16le')), 'bad_json'],
    ['no version', '{}', 'unsupported_version'],
    ['another version', '{"v":2,"type":"message.send"}', 'unsupported_version'],
    ['the version as a string', '{"v":"1","type":"message.send"}', 'unsupported_version'],
    ['no type', '{"v":1}', 'bad_request'],
    ['a type that is a number', '{"v":1,"type":1}', 'bad_request'],
    ['an unknown type', '{"v":1,"type":"message.sned"}', 'unknown_type'],
    ['a type out of Object.prototype', '{"v":1,"type":"constructor"}', 'unknown_type'],
    ['a type out of Object.prototype that hides', '{"v":1,"type":"__proto__"}', 'unknown_type'],
    ['an event in place of a command', '{"v":1,"type":"message"}', 'unknown_type'],
    [
      'fields by way of __proto__',
      `{"__proto__":${JSON.stringify(commandExamples['privacy.get'])}}`,
      'unsupported_version',
    ],
    ['brackets without end', '['.repeat(98_304), 'bad_json'],
    ['brackets with an end', '['.repeat(40_000) + ']'.repeat(40_000), 'bad_json'],
    ['a string without end', `{"v":1,"type":"${'x'.repeat(98_000)}`, 'bad_json'],
    ['a number too large for a number', '{"v":1e999,"type":"privacy.get"}', 'unsupported_version'],
  ];
  for (const [what, payload, code] of table) {
    it(`${what}: ${code}`, () => {
      assert.equal(refusalOf(typeof payload === 'string' ? bytes(payload) : payload), code);
    });
  }
});

describe('invalid UTF-8 inside a text', () => {
  const [before, after] = JSON.stringify({
    ...commandExamples['message.send'],
    content: { type: 'text', text: 'a|b' },
  }).split('|') as [string, string];
  for (const [what, ...wrong] of [
    ['a lone continuation byte', 0x80],
    ['a start byte with nothing behind it', 0xe2],
    ['an overlong slash', 0xc0, 0xaf],
    ['half of a surrogate pair', 0xed, 0xa0, 0x80],
    ['a code point beyond Unicode', 0xf5, 0x80, 0x80, 0x80],
  ] as [string, ...number[]][]) {
    it(`${what}: bad_json`, () => {
      assert.equal(refusalOf(bytes(before + after)), null);
      assert.equal(refusalOf(Uint8Array.of(...bytes(before), ...wrong, ...bytes(after))), 'bad_json');
    });
  }
});

describe('every command', () => {
  for (const type of commandTypes) {
    it(`${type}: what fits is accepted, unchanged, with its text`, () => {
      fc.assert(
        fc.property(anyCommandOf(type), (command) => {
          const text = JSON.stringify(command);
          const parsed = parseCommand(bytes(text));
          assert.equal(parsed.text, text);
          assert.deepEqual(parsed.command, JSON.parse(text));
          assert.deepEqual(checkCommand(JSON.parse(text)), parsed.command);
        }),
      );
    });

    it(`${type}: a wrong value in any field is refused`, () => {
      const example = commandExamples[type] as unknown as Record<string, unknown>;
      // A field that no command has, in the place of each and as an addition; and nothing in the place of what must be there.
      for (const field of Object.keys(commands[type].properties)) {
        for (const wrong of [Number.NaN, -1.5, true, [[]], { $ne: null }, '\u0000', '', [null]]) {
          const value = { ...example, [field]: wrong };
          if (fits[type]!.Check(JSON.parse(JSON.stringify(value)))) continue;
          assert.notEqual(refusalOf(json(value)), null, `${field}: ${JSON.stringify(wrong)}`);
        }
        assert.notEqual(refusalOf(json({ ...example, [field]: { $ne: null } })), null, `${field}: an object`);
      }
      for (const field of (commands[type] as unknown as { required: string[] }).required) {
        const { [field]: _, ...without } = example;
        assert.notEqual(refusalOf(json(without)), null, `without ${field}`);
      }
    });

    it(`${type}: an unknown field is refused, whatever it is called`, () => {
      const text = JSON.stringify(commandExamples[type]);
      for (const field of ['from', 'V', 'type ', 'sender', 'constructor', '__proto__', 'toString', '']) {
        const more = `${text.slice(0, -1)},${JSON.stringify(field)}:{"admin":true}}`;
        assert.equal(refusalOf(bytes(more)), 'bad_request', field);
      }
    });

    it(`${type}: an id that is not a UUIDv7 is refused`, () => {
      for (const id of [
        '',
        'x',
        '01940000-0000-4000-8000-000000000001',
        '01940000-0000-7000-c000-000000000001',
        '01940000-0000-7000-8000-00000000000',
        '01940000-0000-7000-8000-0000000000011',
        '01940000-0000-7000-8000-00000000000A',
        '01940000-0000-7000-8000-000000000001\n',
        null,
        1,
      ])
        assert.equal(refusalOf(json({ ...commandExamples[type], id })), 'bad_request', String(id));
    });
  }

  it('cut off anywhere is refused', () => {
    fc.assert(
      fc.property(
        anyCommand,
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (command, at) => {
          const whole = json(command);
          assert.equal(refusalOf(whole.subarray(0, Math.floor(whole.length * at))), 'bad_json');
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('with bytes changed is refused, or fits', () => {
    fc.assert(
      fc.property(
        anyCommand,
        fc.array(fc.tuple(fc.nat(10_000), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 4 }),
        (command, changes) => {
          const payload = json(command);
          for (const [at, byte] of changes) payload[at % payload.length] = byte;
          neverMoreThanTheSchema(payload);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it('with any value put in any place is refused, or fits', () => {
    fc.assert(
      fc.property(anyCommand, fc.nat(), fc.jsonValue(), (command, at, value) => {
        const fields = Object.keys(command);
        neverMoreThanTheSchema(json({ ...command, [fields[at % fields.length]!]: value }));
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('a refusal', () => {
  it('names the field, never what was in it', () => {
    const secret = 'my secret words';
    const bad = { ...commandExamples['message.send'], content: { type: 'text', text: secret, more: secret } };
    assert.throws(
      () => checkCommand(bad),
      (error: unknown) => {
        assert.ok(error instanceof Refused);
        assert.match(error.refusal.detail ?? '', /^\/content/);
        assert.doesNotMatch(JSON.stringify(error.refusal) + error.message, /secret/);
        return true;
      },
    );
  });

  it('has a short detail however long the payload', () => {
    fc.assert(
      fc.property(anyCommand, fc.string({ minLength: 300, maxLength: 3_000 }), (command, field) => {
        try {
          parseCommand(json({ ...command, type: field }));
        } catch (error) {
          assert.ok((error as Refused).refusal.detail!.length <= 200);
          return;
        }
        assert.fail('accepted');
      }),
    );
  });
});

describe('commandIdOf', () => {
  it('finds the id of every command', () => {
    fc.assert(
      fc.property(anyCommand, (command) => {
        assert.equal(commandIdOf(json(command)), command.id);
      }),
    );
  });

  it('finds it where the payload is broken behind it', () => {
    const { id } = commandExamples['message.send'];
    assert.equal(commandIdOf(bytes(`{"v":1, "id" : "${id}", "type":"message.send", "to":`)), id);
    assert.equal(commandIdOf(Uint8Array.of(...bytes(`{"id":"${id}"`), 0xff, 0xfe)), id);
  });

  it('gives a UUID or nothing, whatever comes', () => {
    const noise = fc.oneof(
      fc.uint8Array({ maxLength: 600 }),
      fc.string({ unit: fc.constantFrom(...'0af-'), minLength: 36, maxLength: 36 }).map((id) => json({ id })),
    );
    fc.assert(
      fc.property(noise, (payload) => {
        const id = commandIdOf(payload);
        assert.ok(id === null || isUuid(id));
      }),
      { numRuns: 2_000 },
    );
  });
});
