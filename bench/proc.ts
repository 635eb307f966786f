import { readdirSync, readFileSync } from 'node:fs';

/** USER_HZ: what the kernel counts processor time in for user space, on every architecture Node runs on. */
const MICROS_PER_TICK = 10_000;

/** What follows the command name in /proc/{pid}/stat (proc(5)), by the number of the field. */
function fieldsOf(stat: string): (number: number) => number {
  // The command name may hold spaces and brackets: fields are counted from the last bracket, where field 3 begins.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (number) => Number(fields[number - 3]);
}

/** Processor time of a process with all its threads, in microseconds, from the text of /proc/{pid}/stat. */
export function parseCpu(stat: string): number {
  const field = fieldsOf(stat);
  return (field(14) + field(15)) * MICROS_PER_TICK;
}

/** The same of its children that have ended and were waited for. */
export function parseEndedCpu(stat: string): number {
  const field = fieldsOf(stat);
  return (field(16) + field(17)) * MICROS_PER_TICK;
}

export const parseParent = (stat: string): number => fieldsOf(stat)(4);

/** Resident memory in bytes from the text of /proc/{pid}/status (proc(5)). */
export function parseResident(status: string): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

export function cpuMicros(pid: number): number {
  return parseCpu(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}

/** With its children, also those that have ended: PostgreSQL has a process for each connection. */
export function familyCpuMicros(pid: number): number {
  let micros = parseEndedCpu(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  for (const name of readdirSync('/proc')) {
    if (!/^[0-9]+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      if (Number(name) === pid || parseParent(stat) === pid) micros += parseCpu(stat);
    } catch {
      // It has ended meanwhile.
    }
  }
  return micros;
}

export function residentBytes(pid: number): number {
  return parseResident(readFileSync(`/proc/${pid}/status`, 'utf8'));
}
