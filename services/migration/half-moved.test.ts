import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judge } from './half-moved.ts';
import type { Mark } from './mark.ts';

const mark = (state: Mark['state'], installation = 'one'): Mark => ({
  ...{ installation, state },
  holds: {},
  written: {},
});

describe('servers that something may have been moved to', () => {
  it('are started on when nothing was, or everything', () => {
    for (const one of [null, mark('moved')])
      assert.deepEqual(judge({ directory: one, history: one, redis: one }), { refusal: null, warnings: [] });
    assert.deepEqual(judge({}), { refusal: null, warnings: [] });
  });

  it('are not started on while any of them is half moved, whatever the others are', () => {
    for (const other of [null, mark('moved'), mark('moving'), mark('moved', 'another')]) {
      const { refusal } = judge({ directory: other, history: mark('moving') });
      assert.match(refusal!, /engines\.history was begun|engines\.directory, engines\.history was begun/);
      assert.match(refusal!, /dunlin migrate/);
    }
  });

  it('are not started on when they are of different installations', () => {
    const { refusal } = judge({ directory: mark('moved'), history: null, redis: mark('moved', 'another') });
    assert.match(refusal!, /different installations .*engines\.directory, engines\.redis/);
  });

  it('are warned of when part of an installation is elsewhere', () => {
    const { refusal, warnings } = judge({ directory: mark('moved'), history: null, redis: null });
    assert.equal(refusal, null);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!, /moved to engines\.directory, and not to engines\.history, engines\.redis/);
  });
});
