import { readFileSync } from 'node:fs';

/** USER_HZ: what the kernel counts processor time in for user space, on every architecture Node runs on. */
const MICROS_PER_TICK = 10_000;

/** Processor time of a process with all its threads, in microseconds, from the text of /proc/{pid}/stat (proc(5)). */
export function parseCpu(stat: string): number {
  // The command name may hold spaces and brackets: fields are counted from the last bracket, where field 3 begins.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[14 - 3]) + Number(fields[15 - 3])) * MICROS_PER_TICK;
}

/** Resident memory in bytes from the text of /proc/{pid}/status (proc(5)). */
export function parseResident(status: string): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

export function cpuMicros(pid: number): number {
  return parseCpu(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}

export function residentBytes(pid: number): number {
  return parseResident(readFileSync(`/proc/${pid}/status`, 'utf8'));
}
