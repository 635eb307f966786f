import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { kafkaAddress } from './address.ts';

describe('the address of Kafka', () => {
  it('names brokers and a prefix', () => {
    assert.deepEqual(kafkaAddress('kafka://a:1,b.example:9093,c/chat'), {
      brokers: ['a:1', 'b.example:9093', 'c:9092'],
      prefix: 'chat',
    });
    assert.equal(kafkaAddress('kafka://a').prefix, 'dunlin');
    assert.deepEqual(kafkaAddress('kafka://[::1]:9092/').brokers, ['[::1]:9092']);
  });

  it('says who we are, by SCRAM unless told otherwise', () => {
    assert.deepEqual(kafkaAddress('kafka://us%40er:p%3Aw@a:1/x').sasl, {
      mechanism: 'SCRAM-SHA-512',
      username: 'us@er',
      password: 'p:w',
    });
    const plain = kafkaAddress('kafka://u:p@a/x?tls=true&sasl=plain');
    assert.equal(plain.sasl?.mechanism, 'PLAIN');
    assert.deepEqual(plain.tls, {});
  });

  for (const [what, url] of [
    ['another scheme', 'redis://a:1/x'],
    ['a host that is none', 'kafka://a b/x'],
    ['a prefix that topics cannot have', 'kafka://a/x/y'],
    ['a password in the clear', 'kafka://u:hidden@a/x?sasl=plain'],
    ['a user without a password', 'kafka://u@a/x'],
    ['a mechanism nobody knows', 'kafka://u:hidden@a/x?sasl=magic'],
    ['a mechanism for nobody', 'kafka://a/x?sasl=plain&tls=true'],
    ['a parameter nobody knows', 'kafka://u:hidden@a/x?tlss=true'],
    ['an authority without TLS', 'kafka://a/x?tls=false&ca=/none'],
  ] as const)
    it(`refuses ${what}, and keeps the password to itself`, () => {
      assert.throws(
        () => kafkaAddress(url),
        (error) => error instanceof TypeError && !error.message.includes('hidden'),
      );
    });
});
