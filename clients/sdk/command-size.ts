import { refusal } from '../../protocol/errors.ts';
import { MAX_CONTENT_BYTES } from '../../protocol/limits.ts';
import { RefusedError } from './session.ts';

/** The largest command that a server takes as it comes: one packet, with its topic. */
const MAX_COMMAND_BYTES = 96_000;

/** What no server takes would stand in the way of everything behind it. @throws {RefusedError} too_large */
export function checkSize(command: string, fields: { content?: unknown }): void {
  const bytes = (text: string) => new TextEncoder().encode(text).byteLength;
  const content = fields.content === undefined ? 0 : bytes(JSON.stringify(fields.content));
  if (content > MAX_CONTENT_BYTES)
    throw new RefusedError(
      refusal('too_large', `content has ${content} bytes, ${MAX_CONTENT_BYTES} allowed`),
    );
  if (bytes(command) > MAX_COMMAND_BYTES)
    throw new RefusedError(refusal('too_large', `at most ${MAX_COMMAND_BYTES} bytes`));
}
