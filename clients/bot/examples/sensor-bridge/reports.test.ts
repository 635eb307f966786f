import assert from 'node:assert/strict';
import { beforeEach, describe, it, mock } from 'node:test';
import { MemoryStorage } from '../../../sdk/index.ts';
import { type Report, Reports } from './reports.ts';
import { parseRule } from './rules.ts';
import { Sensors } from './sensors.ts';

const rules = [parseRule('open/+ above 80 back 75 °C')];

describe('reports', () => {
  let storage: MemoryStorage;
  let said: Report[];
  let failing: boolean;
  beforeEach(() => {
    storage = new MemoryStorage();
    said = [];
    failing = false;
    mock.timers.reset();
    mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_800_000_000_000 });
  });

  async function started(messages: number) {
    const sensors = new Sensors(storage, rules);
    await sensors.load();
    const reports = new Reports(
      { storage, sensors, rate: { messages, per: 60_000 } },
      async (report) => {
        if (failing) throw new Error('no room');
        if (!said.some(({ name }) => name === report.name)) said.push(report);
      },
      () => {},
    );
    await reports.start();
    const hear = async (topic: string, value: number) => {
      if (await sensors.take(`open/${topic}`, rules[0]!, value)) await reports.tell();
    };
    return { reports, sensors, hear };
  }
  const texts = () => said.map(({ text }) => text);

  it('tell what is new, and nothing else', async () => {
    const { hear } = await started(10);
    for (const value of [70, 81, 79, 82, 74, 70]) await hear('a', value);
    assert.deepEqual(texts(), ['⚠️ open/a is 81 °C: above 80 °C', '✅ open/a is back to normal: 74 °C']);
  });

  it('are no more than there may be: what has to wait is told together', async () => {
    const { hear, reports } = await started(1);
    await hear('a', 90);
    for (const value of [70, 90]) await hear('b', value);
    for (const value of [90, 70, 91, 71]) await hear('c', value);
    await hear('a', 70);
    for (const value of [90, 91]) await hear('d', value);
    assert.equal(said.length, 1);
    mock.timers.tick(59_999);
    await reports.tell();
    assert.equal(said.length, 1);
    mock.timers.tick(1);
    await reports.tell();
    assert.equal(
      texts()[1],
      [
        '✅ open/a is back to normal: 70 °C',
        '⚠️ open/b is 90 °C: above 80 °C',
        '↕️ open/c was above 80 °C 2 times, and is back to normal: 71 °C',
        '⚠️ open/d is 91 °C: above 80 °C',
      ].join('\n'),
    );
  });

  it('are not lost, nor told twice, over a restart', async () => {
    const first = await started(10);
    failing = true;
    await first.hear('a', 90);
    await first.reports.stop();
    failing = false;
    const second = await started(10);
    assert.deepEqual(texts(), ['⚠️ open/a is 90 °C: above 80 °C']);
    await second.hear('a', 91);
    await second.hear('a', 70);
    assert.equal(texts()[1], '✅ open/a is back to normal: 70 °C');
    await started(10);
    assert.equal(said.length, 2);
    assert.deepEqual(await storage.list('bridge/'), []);
  });

  it('are said again when they could not be', async () => {
    const { hear, reports } = await started(10);
    failing = true;
    await hear('a', 90);
    await hear('b', 90);
    failing = false;
    mock.timers.tick(10_000);
    await reports.tell();
    assert.deepEqual(texts(), ['⚠️ open/a is 90 °C: above 80 °C', '⚠️ open/b is 90 °C: above 80 °C']);
  });
});
