import type { Payload } from '../harness/device.ts';

/** What one device was sent of each stream, and what was wrong with it. */
export class Received {
  /** By stream: the ids of its events, by their number. */
  readonly #streams = new Map<string, Map<number, string>>();
  readonly problems: string[] = [];
  /** Events that came more than once: allowed, and counted. */
  repeated = 0;
  /**
   * Events that came behind newer ones: to a device that connected while nobody knew where it stood, which gets what is new, and everything
   * from its place on when that is known.
   */
  late = 0;
  /** By stream: what is to come once more, as something older came behind it. */
  readonly #again = new Map<string, Set<number>>();

  /** An event of a stream. Whether a number is missing is only known once it is known who was a member when. */
  note({ conversation: stream, seq, id }: Payload): void {
    const seen = this.#streams.get(stream) ?? new Map<number, string>();
    this.#streams.set(stream, seen);
    this.#again.get(stream)?.delete(seq);
    const known = seen.get(seq);
    if (known !== undefined) {
      this.repeated++;
      if (known !== id) this.problems.push(`${stream}/${seq} was ${known}, and is ${id} now`);
      return;
    }
    const newer = [...seen.keys()].filter((other) => other > seq);
    if (newer.length > 0) {
      this.late++;
      this.#again.set(stream, new Set([...(this.#again.get(stream) ?? []), ...newer]));
    }
    seen.set(seq, id);
  }

  count(stream: string): number {
    return this.#streams.get(stream)?.size ?? 0;
  }

  /** Whether something has to come once more, so that the device has all of it in order. */
  owesAgain(stream: string): boolean {
    return (this.#again.get(stream)?.size ?? 0) > 0;
  }

  /** Number and id of each, by number. */
  of(stream: string): [seq: number, id: string][] {
    return [...(this.#streams.get(stream) ?? [])].sort(([a], [b]) => a - b);
  }
}
