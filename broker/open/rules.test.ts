import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Config, defaultConfig } from '../../platform/config/schema.ts';
import { OpenRules } from './rules.ts';

const rules = (open: Partial<Config['open']>) =>
  new OpenRules({ ...defaultConfig().open, enabled: true, ...open });

const some = rules({
  rules: [
    { users: ['sensor'], allow: 'publish', topic: 'sensors/#' },
    { users: ['reader'], allow: 'subscribe', topic: 'sensors/+/temperature' },
    { users: 'all', allow: 'both', topic: 'board' },
  ],
});

describe('rules of plain MQTT', () => {
  it('own what is below the prefix, and nothing while it is switched off', () => {
    for (const topic of ['open', 'open/', 'open/a', 'open/#', 'open/+/b'])
      assert.equal(some.owns(topic), true, topic);
    for (const topic of ['opens', 'openly/a', 'Open/a', '/open', '#', '+/a', 'users/a/inbox', ''])
      assert.equal(some.owns(topic), false, topic);
    const off = rules({ enabled: false, rules: [{ users: 'all', allow: 'both', topic: '#' }] });
    assert.equal(off.owns('open/a'), false);
    assert.equal(off.mayPublish('sensor', 'open/a'), false);
    assert.equal(off.maySubscribe('sensor', 'open/a'), false);
    assert.equal(off.mayReceive('sensor', 'open/a'), false);
  });

  it('allow who is named, what is named, in the direction that is named', () => {
    assert.equal(some.mayPublish('sensor', 'open/sensors/1/temperature'), true);
    assert.equal(some.mayPublish('reader', 'open/sensors/1/temperature'), false);
    assert.equal(some.maySubscribe('reader', 'open/sensors/1/temperature'), true);
    assert.equal(some.maySubscribe('reader', 'open/sensors/+/temperature'), true);
    assert.equal(some.maySubscribe('sensor', 'open/sensors/1/temperature'), false);
    assert.equal(some.mayReceive('reader', 'open/sensors/1/temperature'), true);
    assert.equal(some.mayReceive('reader', 'open/sensors/1/humidity'), false);
    for (const user of ['sensor', 'reader', 'anybody']) {
      assert.equal(some.mayPublish(user, 'open/board'), true);
      assert.equal(some.maySubscribe(user, 'open/board'), true);
    }
  });

  it('do not allow a filter that asks for more than one rule covers', () => {
    for (const filter of ['open/#', 'open/+', 'open/sensors/#', 'open/sensors/+/+', 'open/board/#'])
      assert.equal(some.maySubscribe('reader', filter), false, filter);
  });

  it('do not allow wildcards or U+0000 in the name of a topic', () => {
    for (const topic of ['open/sensors/+', 'open/sensors/#', 'open/sensors/a\0b'])
      assert.equal(some.mayPublish('sensor', topic), false, JSON.stringify(topic));
  });

  it('without a rule allow nothing', () => {
    const none = rules({});
    assert.equal(none.mayPublish('sensor', 'open/a'), false);
    assert.equal(none.maySubscribe('sensor', 'open/a'), false);
  });

  it('that are no filters stop the start', () => {
    assert.throws(() => rules({ rules: [{ users: 'all', allow: 'both', topic: 'a/#/b' }] }), /a\/#\/b/);
  });
});
