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

/** Names of schemas, by their JSON text. */
export type Names = ReadonlyMap<string, string>;

export const namesOf = (schemas: Record<string, unknown>): Names =>
  new Map(Object.entries(schemas).map(([name, schema]) => [JSON.stringify(schema), name]));

const names = namesOf(named);

/** The schema with every part that has a name replaced by a reference to it. `base` is where the named ones are. */
export function withRefs(schema: unknown, base: string): JsonObject {
  return replaced(plain(schema), base, names) as JsonObject;
}

/** As {@link withRefs}, for a schema that has a name itself, where there are more names. */
export function definition(schema: unknown, base: string, more: Names): JsonObject {
  return children(plain(schema), base, new Map([...names, ...more])) as JsonObject;
}

/** The named schemas themselves, for `base`. */
export function namedSchemas(base: string): JsonObject {
  return Object.fromEntries(
    Object.entries(named).map(([name, schema]) => [name, children(plain(schema), base, names)]),
  );
}

function replaced(value: Json, base: string, known: Names): Json {
  if (typeof value !== 'object' || value === null) return value;
  const name = known.get(JSON.stringify(value));
  return name === undefined ? children(value, base, known) : { $ref: `${base}/${name}` };
}

function children(value: Json, base: string, known: Names): Json {
  if (Array.isArray(value)) return value.map((child) => replaced(child, base, known));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, replaced(child, base, known)]));
}
