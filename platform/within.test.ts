import assert from 'node:assert/strict';
import { it } from 'node:test';
import { within } from './within.ts';

it('waits for what ends, passes on what fails, and not for ever', async () => {
  assert.equal(await within(Promise.resolve(), 60_000), true);
  await assert.rejects(within(Promise.reject(new Error('broken')), 60_000), /broken/);
  assert.equal(await within(new Promise(() => {}), 1), false);
});
