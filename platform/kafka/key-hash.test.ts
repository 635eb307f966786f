import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compatibilityPartitioner } from '@platformatic/kafka';
import fc from 'fast-check';
import { keyHash, partitionOfKey } from './key-hash.ts';

describe('the hash of a key', () => {
  it('is the one of the values that clients of Kafka are tested with', () => {
    // UtilsTest.testMurmur2 of Apache Kafka.
    const known = {
      '21': -973932308,
      foobar: -790332482,
      'a-little-bit-long-string': -985981536,
      'a-little-bit-longer-string': -1486304829,
      lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8: -58897971,
    };
    for (const [key, hash] of Object.entries(known)) assert.equal(keyHash(Buffer.from(key)), hash, key);
  });

  it('puts any key where another client puts it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), fc.integer({ min: 1, max: 4_096 }), (key, partitions) => {
        const other = compatibilityPartitioner({ topic: 't' }, Buffer.from(key));
        assert.equal(partitionOfKey(key, partitions), other % partitions);
      }),
    );
  });
});
