import { parseLogged } from '../../../protocol/parse.ts';
import type { LogEntry, LogRecord } from '../log.ts';

/** The configuration allows no more partitions. */
const MOST_PARTITIONS = 4_096;

/**
 * One number for where a record stands: it grows within a partition, and tells the partition. Offsets may go up to 2^41, which is a
 * million records a second for 70 years.
 */
export function positionOf(partition: number, offset: bigint): number {
  return Number(offset) * MOST_PARTITIONS + partition;
}

export const partitionOf = (position: number): number => position % MOST_PARTITIONS;

/** The actor and the time on a line of their own: the command travels as the text that it is. */
export function entryText({ actor, acceptedAt, text }: LogEntry): string {
  return `${JSON.stringify([actor.user, actor.device, acceptedAt])}\n${text}`;
}

/** @throws {Error} when the record is none of ours, or its command is one of another version */
export function recordOf(partition: number, offset: bigint, value: Buffer): LogRecord {
  const written = value.toString();
  const end = written.indexOf('\n');
  const head: unknown = JSON.parse(written.slice(0, end));
  if (!isHead(head)) throw new SyntaxError('a record of the command log without a head');
  const [user, device, acceptedAt] = head;
  const text = written.slice(end + 1);
  const command = parseLogged(text);
  return { position: positionOf(partition, offset), actor: { user, device }, acceptedAt, command, text };
}

function isHead(head: unknown): head is [user: string, device: string, acceptedAt: number] {
  return (
    Array.isArray(head) &&
    head.length === 3 &&
    typeof head[0] === 'string' &&
    typeof head[1] === 'string' &&
    typeof head[2] === 'number'
  );
}
