import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { createMetrics, definitions, metricsPage } from './metrics.ts';

it('serves every metric of the table, and keeps two servers apart', async () => {
  const [one, two] = [createMetrics(), createMetrics()];
  one.refusals_total.labels({ code: 'blocked' }).inc(3);
  const { type, text } = await one.page();
  assert.match(type, /text\/plain/);
  for (const name of Object.keys(definitions)) assert.ok(text.includes(`# TYPE dunlin_${name} `), name);
  assert.match(text, /dunlin_refusals_total\{code="blocked"\} 3/);
  assert.doesNotMatch((await two.page()).text, /code="blocked"/);
  one.stop();
  two.stop();
});

it('is what docs/METRICS.md says', () => {
  assert.equal(
    readFileSync(new URL('../docs/METRICS.md', import.meta.url), 'utf8'),
    metricsPage(),
    'run npm run docs',
  );
});
