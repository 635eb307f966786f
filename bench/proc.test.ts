import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { cpuMicros, familyCpuMicros, parseCpu, parseEndedCpu, parseParent, parseResident } from './proc.ts';

test('processor time is utime + stime, whatever the command is called', () => {
  const rest = 'S 1 2 3 0 -1 4194560 500 0 0 0 123 45 7 8 20 0 11 0 100 0 0';
  assert.equal(parseCpu(`77 (node) ${rest}`), 1_680_000);
  assert.equal(parseCpu(`77 (a ) S 9 (b) ${rest}`), 1_680_000);
});

test('so are those of children that have ended, and the parent', () => {
  const stat = '77 (a ) S 9 (b) S 12 2 3 0 -1 4194560 500 0 0 0 123 45 7 8 20 0 11 0 100 0 0';
  assert.equal(parseEndedCpu(stat), 150_000);
  assert.equal(parseParent(stat), 12);
});

test('the time of a family includes that of its children', () => {
  const child = spawn(process.execPath, ['-e', 'for (;;);']);
  try {
    const before = cpuMicros(process.pid);
    while (familyCpuMicros(process.pid) - cpuMicros(process.pid) < 50_000) {
      assert.ok(cpuMicros(process.pid) - before < 10_000_000, 'the child is never seen');
    }
  } finally {
    child.kill('SIGKILL');
  }
});

test('resident memory is VmRSS in bytes', () => {
  assert.equal(parseResident('Name:\tnode\nVmHWM:\t  900 kB\nVmRSS:\t   512 kB\nThreads:\t1\n'), 524_288);
  assert.ok(Number.isNaN(parseResident('Name:\tnode\n')));
});
