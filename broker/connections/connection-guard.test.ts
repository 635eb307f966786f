import assert from 'node:assert/strict';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import { ConnectionGuard } from './connection-guard.ts';

function stage(connections: number, connectsPerMinuteIp: number) {
  const time = { now: 0 };
  const refused: string[] = [];
  const guard = new ConnectionGuard({ connections, connectsPerMinuteIp }, { now: () => time.now }, (code) =>
    refused.push(code),
  );
  const admit = (ip = '192.0.2.1') => {
    const stream = new PassThrough();
    return { stream, admitted: guard.admit(stream, ip) };
  };
  return { guard, refused, time, admit };
}

describe('connections, before anything is read', () => {
  it('are refused when there are too many, until one ends', async () => {
    const { guard, refused, admit } = stage(2, 0);
    const [first] = [admit(), admit()];
    const third = admit();
    assert.deepEqual(
      [third.admitted, third.stream.destroyed, refused],
      [false, true, ['too_many_connections']],
    );
    first.stream.destroy();
    await once(first.stream, 'close');
    assert.equal(admit().admitted, true);
    assert.equal(guard.count, 2);
  });

  it('of one address come at a rate, whatever kind of socket they come by', () => {
    const { refused, time, admit } = stage(100, 60);
    for (let n = 0; n < 60; n++) assert.equal(admit(n % 2 ? '192.0.2.1' : '::ffff:192.0.2.1').admitted, true);
    assert.equal(admit().admitted, false);
    assert.deepEqual(refused, ['rate_limited']);
    assert.equal(admit('192.0.2.2').admitted, true);
    time.now += 1_000;
    assert.equal(admit().admitted, true);
    assert.equal(admit().admitted, false);
  });

  it('of one IPv6 network, whose owner has addresses without end, come at one rate', () => {
    const { refused, admit } = stage(100, 2);
    assert.equal(admit('2001:db8:1:1::1').admitted, true);
    assert.equal(admit('2001:db8:1:1:ffff::2').admitted, true);
    assert.equal(admit('2001:db8:1:1::3').admitted, false);
    assert.deepEqual(refused, ['rate_limited']);
    assert.equal(admit('2001:db8:1:2::1').admitted, true);
  });

  it('are counted where other processes count them too', () => {
    const asked: string[] = [];
    const refused: string[] = [];
    const guard = new ConnectionGuard(
      { connections: 100, connectsPerMinuteIp: 0 },
      { now: () => 0 },
      (code) => refused.push(code),
      { take: (address) => (asked.push(address) > 1 ? 7_000 : 0) },
    );
    assert.equal(guard.admit(new PassThrough(), '::ffff:192.0.2.1'), true);
    assert.equal(guard.admit(new PassThrough(), '192.0.2.1'), false);
    assert.deepEqual([asked, refused], [['192.0.2.1', '192.0.2.1'], ['rate_limited']]);
  });

  it('are refused while the server drains, and all closed at the end', () => {
    const { guard, refused, admit } = stage(100, 0);
    const there = admit();
    guard.draining = true;
    assert.equal(admit().admitted, false);
    assert.deepEqual(refused, ['draining']);
    assert.equal(there.stream.destroyed, false);
    guard.destroyAll();
    assert.equal(there.stream.destroyed, true);
  });

  it('that have ended already are not counted', () => {
    const { guard } = stage(1, 0);
    const stream = new PassThrough();
    stream.destroy();
    assert.equal(guard.admit(stream, '192.0.2.1'), false);
    assert.equal(guard.count, 0);
  });
});
