import { cpuMicros, familyCpuMicros, residentBytes } from '../proc.ts';
import type { Process } from '../systems/system.ts';
import type { Measure } from './job.ts';

/** Processor time of the processes of a system, from one moment on. */
export class Usage {
  readonly #processes: readonly Process[];
  #before: number[] = [];

  constructor(processes: readonly Process[]) {
    this.#processes = processes;
  }

  start(): void {
    this.#before = this.#read();
  }

  spent(): Spent {
    const after = this.#read();
    return new Spent(
      this.#processes.map((process, i) => ({ ...process, micros: after[i]! - this.#before[i]! })),
    );
  }

  #read(): number[] {
    return this.#processes.map(({ pid, ours }) => (ours ? cpuMicros(pid) : familyCpuMicros(pid)));
  }
}

class Spent {
  readonly #processes: readonly (Process & { micros: number })[];

  constructor(processes: readonly (Process & { micros: number })[]) {
    this.#processes = processes;
  }

  /** Microseconds of the system under test. */
  get ours(): number {
    return this.#sum(({ ours }) => ours);
  }

  /** Microseconds a send, in all and by name (`cpu.broker`); mean resident MiB of a process by name (`mib.broker`). */
  measure(sent: number, deliveries: number): Measure {
    // What was sent before, and is only delivered now, counts by its deliveries.
    const sends = sent === 0 ? deliveries : sent;
    const engines = this.#sum(({ ours }) => !ours);
    const measure: Measure = {
      cpuPerSend: this.ours / sends,
      cpuPerDelivery: this.ours / deliveries,
      enginesPerSend: engines / sends,
      enginesPerDelivery: engines / deliveries,
    };
    for (const name of new Set(this.#processes.map((process) => process.name))) {
      const same = this.#processes.filter((process) => process.name === name);
      measure[`cpu.${name}`] = this.#sum((process) => process.name === name) / sends;
      measure[`mib.${name}`] =
        same.reduce((sum, { pid }) => sum + residentBytes(pid), 0) / same.length / 1024 ** 2;
    }
    return measure;
  }

  #sum(which: (process: Process) => boolean): number {
    return this.#processes.reduce((sum, process) => sum + (which(process) ? process.micros : 0), 0);
  }
}
