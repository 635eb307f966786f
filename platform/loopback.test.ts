import assert from 'node:assert/strict';
import { it } from 'node:test';
import { isLoopback } from './loopback.ts';

it('tells what only this machine can reach from everything else', () => {
  for (const host of ['localhost', '127.0.0.1', '127.255.0.9', '::1']) assert.ok(isLoopback(host), host);
  for (const host of [
    '0.0.0.0',
    '::',
    '',
    '192.168.1.7',
    '127.0.0.1.example.org',
    '128.0.0.1',
    'localhost.example.org',
  ])
    assert.ok(!isLoopback(host), host);
});
