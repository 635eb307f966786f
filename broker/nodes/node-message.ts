import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { Receipt, TypingPayload } from '../../protocol/events.ts';
import { Id } from '../../protocol/ids.ts';
import type { NodeMessage } from './node-bus.ts';

/** Characters of one message; a longer one is not sent, and not read. */
const MOST_LENGTH = 256 * 1024;
const MOST_NOTICES = 10_000;

const Notice = Type.Object(
  { conversation: Id, receipts: Type.Array(Receipt, { maxItems: MOST_NOTICES }) },
  { additionalProperties: false },
);
const Envelope = Type.Object(
  {
    from: Type.String({ minLength: 1, maxLength: 64 }),
    message: Type.Union([
      Type.Object(
        {
          kind: Type.Literal('receipts'),
          user: Id,
          notices: Type.Array(Notice, { maxItems: MOST_NOTICES }),
        },
        { additionalProperties: false },
      ),
      Type.Object({ kind: Type.Literal('typing'), notice: TypingPayload }, { additionalProperties: false }),
    ]),
  },
  { additionalProperties: false },
);
const envelope = Compile(Envelope);

/** Null: it is too long. `from`: the node that sends it. */
export function packed(from: string, message: NodeMessage): string | null {
  const text = JSON.stringify({ from, message });
  return text.length <= MOST_LENGTH ? text : null;
}

/** Null: it is none of ours. */
export function unpacked(text: string): { from: string; message: NodeMessage } | null {
  if (text.length > MOST_LENGTH) return null;
  try {
    const value: unknown = JSON.parse(text);
    return envelope.Check(value) ? (value as { from: string; message: NodeMessage }) : null;
  } catch {
    return null;
  }
}
