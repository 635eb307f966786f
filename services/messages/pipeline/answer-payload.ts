import { VERSION } from '../../../protocol/commands.ts';
import { withSequence } from '../../../protocol/events.ts';
import type { Answered } from '../feed.ts';

/** What goes to the device's own inbox: `result` with the first event, or `refused`. */
export function answerPayload({ command, outcome }: Answered): string {
  if (!outcome.ok) return JSON.stringify({ v: VERSION, type: 'refused', command, error: outcome.error });
  const { seq, body } = outcome.event;
  return `{"v":${VERSION},"type":"result","command":"${command}","result":${withSequence(seq, body)}}`;
}
