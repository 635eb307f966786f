import { Audience, Name, Recipient, Role, Timer, Url } from '../commands.ts';
import { Content } from '../content.ts';
import { Receipt, RefusalSchema } from '../events.ts';
import { CommandId, Id, Sequence, Time, Username } from '../ids.ts';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** Schemas that many others contain: written once, and referred to. */
const named = {
  Id,
  CommandId,
  Sequence,
  Time,
  Username,
  Name,
  Url,
  Timer,
  Role,
  Audience,
  Recipient,
  Content,
  Receipt,
  Refusal: RefusalSchema,
};

/** A schema as plain JSON: what TypeBox keeps beside it for itself is gone. */
export const plain = (schema: unknown): JsonObject => JSON.parse(JSON.stringify(schema)) as JsonObject;

const nameOf = new Map(Object.entries(named).map(([name, schema]) => [JSON.stringify(schema), name]));

/** The schema with every part that has a name replaced by a reference to it. `base` is where the named ones are. */
export function withRefs(schema: unknown, base: string): JsonObject {
  return replaced(plain(schema), base) as JsonObject;
}

/** The named schemas themselves, for `base`. */
export function namedSchemas(base: string): JsonObject {
  return Object.fromEntries(
    Object.entries(named).map(([name, schema]) => [name, children(plain(schema), base)]),
  );
}

function replaced(value: Json, base: string): Json {
  if (typeof value !== 'object' || value === null) return value;
  const name = nameOf.get(JSON.stringify(value));
  return name === undefined ? children(value, base) : { $ref: `${base}/${name}` };
}

function children(value: Json, base: string): Json {
  if (Array.isArray(value)) return value.map((child) => replaced(child, base));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, replaced(child, base)]));
}
