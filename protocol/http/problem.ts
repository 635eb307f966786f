import Type, { type Static } from 'typebox';
import { type ErrorCode, errors, type Refusal } from '../errors.ts';
import { RefusalSchema } from '../events.ts';

/** A refusal over HTTP: problem details (RFC 9457), with the fields that it has over MQTT too. */
export const Problem = Type.Object(
  {
    type: Type.String({ description: 'names the code as a URI' }),
    title: Type.String(),
    status: Type.Integer(),
    ...RefusalSchema.properties,
  },
  { title: 'Problem' },
);
export type Problem = Omit<Static<typeof Problem>, 'code'> & { code: ErrorCode };

export function problemOf(refusal: Refusal): Problem {
  return {
    type: `urn:dunlin:error:${refusal.code}`,
    title: errors[refusal.code].message,
    status: errors[refusal.code].status,
    ...refusal,
  };
}
