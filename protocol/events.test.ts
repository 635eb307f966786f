import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { refusal } from './errors.ts';
import { type EventType, events, notices, withSequence } from './events.ts';
import { fitting } from './samples.ts';

const eventTypes = Object.keys(events) as EventType[];

describe('withSequence', () => {
  for (const type of eventTypes) {
    it(`numbers ${type} as parsing and writing would`, () => {
      fc.assert(
        fc.property(fitting(events[type] as TSchema), fc.integer({ min: 1 }), (event, seq) => {
          const { seq: _, ...body } = JSON.parse(JSON.stringify(event)) as { seq: number };
          const text = withSequence(seq, JSON.stringify(body));
          assert.equal(text, JSON.stringify({ seq, ...body }));
          assert.ok(Compile(events[type] as TSchema).Check(JSON.parse(text)));
        }),
        { numRuns: 30 },
      );
    });
  }
});

describe('events', () => {
  it('may have fields that this version does not know', () => {
    for (const type of eventTypes) {
      fc.assert(
        fc.property(fitting(events[type] as TSchema), (event) => {
          assert.ok(
            Compile(events[type] as TSchema).Check({ ...(event as object), from_tomorrow: { a: 1 } }),
          );
        }),
        { numRuns: 10 },
      );
    }
  });

  it('carry every refusal that the table can make', () => {
    const refused = Compile(notices.refused);
    const base = { v: 1, type: 'refused', command: null };
    assert.ok(refused.Check({ ...base, error: refusal('rate_limited', '/x', 10) }));
    assert.ok(refused.Check({ ...base, error: refusal('blocked') }));
    assert.equal(refused.Check({ ...base, error: { ...refusal('blocked'), code: 'no_such_code' } }), false);
    assert.equal(refused.Check({ ...base, command: 'x', error: refusal('blocked') }), false);
  });
});
