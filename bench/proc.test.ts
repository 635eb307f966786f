import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCpu, parseResident } from './proc.ts';

test('processor time is utime + stime, whatever the command is called', () => {
  const rest = 'S 1 2 3 0 -1 4194560 500 0 0 0 123 45 7 8 20 0 11 0 100 0 0';
  assert.equal(parseCpu(`77 (node) ${rest}`), 1_680_000);
  assert.equal(parseCpu(`77 (a ) S 9 (b) ${rest}`), 1_680_000);
});

test('resident memory is VmRSS in bytes', () => {
  assert.equal(parseResident('Name:\tnode\nVmHWM:\t  900 kB\nVmRSS:\t   512 kB\nThreads:\t1\n'), 524_288);
  assert.ok(Number.isNaN(parseResident('Name:\tnode\n')));
});
