import type { Payload } from '../harness/device.ts';

/** What one device was sent of each stream, and what was wrong with it. */
export class Received {
  /** By stream: the ids of its events, by their number, in the order in which they were seen first. */
  readonly streams = new Map<string, Map<number, string>>();
  readonly problems: string[] = [];
  /** Events that came more than once: allowed, and counted. */
  repeated = 0;

  /** An event of a stream. Whether a number is missing is only known once it is known who was a member when. */
  note({ conversation: stream, seq, id }: Payload): void {
    const seen = this.streams.get(stream) ?? new Map<number, string>();
    this.streams.set(stream, seen);
    const known = seen.get(seq);
    if (known !== undefined) {
      this.repeated++;
      if (known !== id) this.problems.push(`${stream}/${seq} was ${known}, and is ${id} now`);
      return;
    }
    const last = [...seen.keys()].at(-1);
    if (last !== undefined && seq < last) this.problems.push(`${stream}: ${seq} came after ${last}`);
    seen.set(seq, id);
  }

  count(stream: string): number {
    return this.streams.get(stream)?.size ?? 0;
  }

  /** Number and id of each, in the order in which they came first. */
  of(stream: string): [seq: number, id: string][] {
    return [...(this.streams.get(stream) ?? [])];
  }
}
