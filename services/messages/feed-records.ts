import type { Answered, Tidings } from './feed.ts';
import type { StreamedEvent } from './history.ts';

/**
 * Tidings as records of a partitioned log: the key decides the partition, so that what concerns a stream stays in order. The first
 * character of the value says what it is, so that a reader can pass over what nobody waits for without parsing it. The body of an event
 * travels as the text that it is.
 */
export interface FeedRecord {
  key: string;
  value: string;
}

/** `E`: an event that everybody has to see (who is in a stream, what is known of a user); `e`: any other. */
const EVENT = 'e';
const EVENT_FOR_ALL = 'E';
const ANSWER = 'a';
const ERASED = 'x';

/** Events of these types concern their stream alone. */
const PLAIN = new Set(['message', 'message.edited', 'message.deleted', 'message.reaction']);

export function toRecords({ events = [], answers = [], erased = [] }: Tidings): FeedRecord[] {
  return [
    ...events.map((event) => ({ key: event.stream, value: eventText(event) })),
    ...answers.map((answer) => ({ key: answer.to.device, value: `${ANSWER}${JSON.stringify(answer)}` })),
    ...erased.map((stream) => ({ key: stream, value: ERASED })),
  ];
}

/** Whether it is an event that only those who want its stream have to see: told without decoding the rest. */
export function isPlainEvent(value: Uint8Array): boolean {
  return value[0] === EVENT.charCodeAt(0);
}

/** The event in a record; undefined: it tells of something else. @throws {SyntaxError} when it is none of ours */
export function eventIn({ key, value }: FeedRecord): StreamedEvent | undefined {
  const kind = value[0];
  if (kind === ANSWER || kind === ERASED) return undefined;
  return fromRecords([{ key, value }], () => true).events![0];
}

/** @throws {SyntaxError} when a record is none of ours */
export function fromRecords(records: Iterable<FeedRecord>, wants: (stream: string) => boolean): Tidings {
  const events: StreamedEvent[] = [];
  const answers: Answered[] = [];
  const erased: string[] = [];
  for (const { key, value } of records) {
    const kind = value[0];
    if (kind === EVENT_FOR_ALL || (kind === EVENT && wants(key))) events.push(eventOf(value));
    else if (kind === ANSWER) answers.push(JSON.parse(value.slice(1)) as Answered);
    else if (kind === ERASED) erased.push(key);
    else if (kind !== EVENT) throw new SyntaxError('a record of the event stream of an unknown kind');
  }
  return { events, answers, erased };
}

function eventText({ body, ...envelope }: StreamedEvent): string {
  const { type, joined, left, erased } = envelope;
  const plain = joined === undefined && left === undefined && erased === undefined && PLAIN.has(type);
  // JSON text has no line break outside of strings, and escapes those within.
  return `${plain ? EVENT : EVENT_FOR_ALL}${JSON.stringify(envelope)}\n${body}`;
}

function eventOf(value: string): StreamedEvent {
  const end = value.indexOf('\n');
  const envelope = JSON.parse(value.slice(1, end)) as Omit<StreamedEvent, 'body'>;
  return { ...envelope, body: value.slice(end + 1) };
}
