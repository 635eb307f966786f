import Type from 'typebox';
import { UUID_PATTERN, UUID_V7_PATTERN } from './uuid.ts';

export { isUuid, UUID_PATTERN, UUID_V7_PATTERN } from './uuid.ts';

/** The schema of an id, with what it names. */
export const idOf = (description: string) =>
  Type.String({ pattern: UUID_PATTERN, minLength: 36, maxLength: 36, description });

export const Id = idOf('UUID');

export const CommandId = Type.String({
  pattern: UUID_V7_PATTERN,
  minLength: 36,
  maxLength: 36,
  description: 'UUIDv7 chosen by the client; (user, id) is idempotent for ever',
});

/** Position in one stream: 1 is the first event, no gaps. */
export const Sequence = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });

/** Milliseconds since 1970-01-01T00:00:00Z. */
export const Time = Type.Integer({ minimum: 0, description: 'milliseconds since the Unix epoch' });

/** Sign-in name: what people type; ids never change, names may. */
export const Username = Type.String({
  pattern: '^[a-z0-9][a-z0-9._-]{1,31}$',
  description: '2 to 32 of a-z 0-9 . _ -',
});
