import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MongoNetworkError, MongoServerError } from 'mongodb';
import { Refused } from '../../protocol/errors.ts';
import { isMongoTrouble, refuseFull, withoutContent } from './trouble.ts';

const server = (code: number, message = 'x') => new MongoServerError({ code, message, errmsg: message });
const withCode = (code: string) => Object.assign(new Error('x'), { code });

describe('errors of MongoDB', () => {
  it('are trouble when it is not there, not the primary, or a majority does not answer', () => {
    for (const error of [
      new MongoNetworkError('gone'),
      server(10_107),
      server(189),
      server(64),
      server(50),
      withCode('EPIPE'),
      withCode('ECONNRESET'),
    ])
      assert.ok(isMongoTrouble(error), String(error));
    for (const error of [
      server(11_000),
      server(2),
      withCode('ENOSPC'),
      new TypeError('ours'),
      new Refused('bad_query'),
      null,
    ])
      assert.ok(!isMongoTrouble(error), String(error));
  });

  it('say storage_full when the disk is', () => {
    const full = (error: unknown) => error instanceof Refused && error.refusal.code === 'storage_full';
    assert.throws(() => refuseFull(server(14_031)), full);
    assert.throws(() => refuseFull(server(1, 'database or disk is full')), full);
    assert.throws(() => refuseFull(server(2)), MongoServerError);
  });

  it('are told without what they carry', () => {
    assert.throws(() => withoutContent(server(2, 'secret')), /^Error: MongoDB MongoServerError 2$/);
    const ours = new Refused('unavailable');
    assert.throws(
      () => withoutContent(ours),
      (thrown) => thrown === ours,
    );
  });
});
