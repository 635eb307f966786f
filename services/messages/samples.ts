import { uuidv7 } from 'uuidv7';
import type { Amendment, EventDraft } from './history.ts';

/** Drafts for conformance suites and fault tests: valid events that say as little as possible. */
export function draft(fields: Partial<EventDraft> & { stream: string }): EventDraft {
  const made: EventDraft = {
    type: 'message',
    sender: { user: uuidv7(), device: uuidv7() },
    id: uuidv7(),
    time: 1_000,
    body: '',
    expires: null,
    text: null,
    amends: null,
    ...fields,
  };
  if (made.body === '') made.body = JSON.stringify({ ...envelope(made) });
  return made;
}

function envelope(made: EventDraft) {
  const { stream, type, id, sender, time } = made;
  return { v: 1, type, conversation: stream, id, sender, time };
}

/** A message that says `text` and is found by it. */
export function says(stream: string, text: string, fields: Partial<EventDraft> = {}): EventDraft {
  const made = draft({ stream, ...fields, text });
  const content = { type: 'text', text };
  const expires = made.expires === null ? {} : { expires: made.expires };
  return { ...made, body: JSON.stringify({ ...envelope(made), kind: 'group', ...expires, content }) };
}

export function edit(
  stream: string,
  seq: number,
  text: string,
  fields: Partial<EventDraft> = {},
): EventDraft {
  const content = { type: 'text', text };
  const made = draft({ stream, ...fields, type: 'message.edited' });
  const amends: Amendment = { kind: 'edit', seq, at: made.time, content, text };
  return { ...made, amends, body: JSON.stringify({ ...envelope(made), target: seq, content }) };
}

export function remove(stream: string, seq: number, fields: Partial<EventDraft> = {}): EventDraft {
  const made = draft({ stream, ...fields, type: 'message.deleted' });
  const amends: Amendment = { kind: 'delete', seq, at: made.time, by: made.sender.user };
  return { ...made, amends, body: JSON.stringify({ ...envelope(made), target: seq }) };
}

export function react(
  stream: string,
  seq: number,
  emoji: string | null,
  fields: Partial<EventDraft> = {},
): EventDraft {
  const made = draft({ stream, ...fields, type: 'message.reaction' });
  const amends: Amendment = { kind: 'react', seq, at: made.time, user: made.sender.user, emoji };
  return { ...made, amends, body: JSON.stringify({ ...envelope(made), target: seq, emoji }) };
}

/** Everything of a stream. */
export const everything = [{ from: 1, to: null }];
