import assert from 'node:assert/strict';
import { it } from 'node:test';
import { isRedisFull, isRedisTrouble } from './trouble.ts';

it('takes for trouble what may pass', () => {
  for (const message of [
    'Connection is closed.',
    "Stream isn't writeable and enableOfflineQueue options is false",
    'Command timed out',
    'LOADING Redis is loading the dataset in memory',
    "OOM command not allowed when used memory > 'maxmemory'.",
    "READONLY You can't write against a read only replica.",
    'CLUSTERDOWN The cluster is down',
    '-LOADING Redis is loading the dataset in memory',
    'Failed to refresh slots cache.',
  ])
    assert.equal(isRedisTrouble(new Error(message)), true, message);
  assert.equal(isRedisTrouble(Object.assign(new Error('x'), { code: 'ECONNRESET' })), true);
  const within = Object.assign(new Error('x'), { lastNodeError: new Error('Connection is closed.') });
  assert.equal(isRedisTrouble(within), true);
});

it('takes for none what would be the same the next time', () => {
  for (const message of [
    'WRONGTYPE Operation against a key holding the wrong kind of value',
    'ERR unknown command',
    'NOSCRIPT No matching script. Please use EVAL.',
    'CROSSSLOT Keys in request do not hash to the same slot',
  ])
    assert.equal(isRedisTrouble(new Error(message)), false, message);
  assert.equal(isRedisTrouble('OOM'), false);
});

it('knows a server without room', () => {
  assert.equal(isRedisFull(new Error("OOM command not allowed when used memory > 'maxmemory'.")), true);
  assert.equal(
    isRedisFull(new Error('MISCONF Errors writing to the AOF file: No space left on device')),
    true,
  );
  const within = 'ERR Error running script (call to f_1): @user_script:5: -OOM command not allowed';
  assert.equal(isRedisFull(new Error(within)), true);
  assert.equal(isRedisFull(new Error('LOADING OOM')), false);
});
