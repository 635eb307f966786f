import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Usage } from './usage.ts';

test('processor time counts by name, ours apart from what it stands on', () => {
  const { pid } = process;
  const usage = new Usage([
    { name: 'broker', pid, ours: true },
    { name: 'broker', pid, ours: true },
    { name: 'redis', pid: process.ppid, ours: false },
  ]);
  usage.start();
  const until = process.cpuUsage().user + 100_000;
  while (process.cpuUsage().user < until);
  const spent = usage.spent();
  // The same process twice: twice its time, and the memory of one.
  assert.ok(spent.ours >= 150_000);
  const measure = spent.measure(10, 100);
  assert.equal(measure.cpuPerSend, spent.ours / 10);
  assert.equal(measure['cpu.broker'], spent.ours / 10);
  assert.equal(measure.cpuPerDelivery, spent.ours / 100);
  assert.equal(measure['cpu.redis'], measure.enginesPerSend);
  const resident = process.memoryUsage.rss() / 1024 ** 2;
  assert.ok(Math.abs(measure['mib.broker']! - resident) < resident / 2);
});
