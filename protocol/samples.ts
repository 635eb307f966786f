/** For tests: arbitrary values that fit a schema of the contract, made from the schema itself. */
import fc from 'fast-check';
import type { TSchema } from 'typebox';
import { type Command, type CommandType, commands } from './commands.ts';
import { FREE_TYPE } from './content.ts';
import { UUID_PATTERN, UUID_V7_PATTERN } from './ids.ts';

interface Schema {
  type?: string;
  const?: unknown;
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: unknown;
  items?: Schema;
  uniqueItems?: boolean;
  minItems?: number;
  maxItems?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  minimum?: number;
  maximum?: number;
}

/** Longest list and string generated where the schema allows more: the limits themselves have tests of their own. */
const MOST_ITEMS = 5;
const MOST_CHARACTERS = 200;

const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });

const uuid = (versions: string) =>
  fc
    .tuple(hex(8), hex(4), fc.constantFrom(...versions), hex(3), fc.constantFrom(...'89ab'), hex(3), hex(12))
    .map(([a, b, version, c, variant, d, e]) => `${a}-${b}-${version}${c}-${variant}${d}-${e}`);

export const anyUuid = uuid('12345678');
export const anyUuidV7 = uuid('7');

/** Patterns that cannot be turned round, or that deserve better than noise. */
const patterns: Record<string, fc.Arbitrary<string>> = {
  [UUID_PATTERN]: anyUuid,
  [UUID_V7_PATTERN]: anyUuidV7,
  [FREE_TYPE]: fc.constantFrom('sensor.reading', 'a', 'texts', 'x_1.y.2'),
  '^https?://[^\\s]+$': fc.webUrl(),
};

/** Values that fit the schema. */
export function fitting(schema: TSchema): fc.Arbitrary<unknown> {
  return arbitrary(JSON.parse(JSON.stringify(schema)) as Schema);
}

function arbitrary(schema: Schema): fc.Arbitrary<unknown> {
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(arbitrary));
  switch (schema.type) {
    case 'object':
      return object(schema);
    case 'array':
      return array(schema);
    case 'string':
      return string(schema);
    case 'integer':
      return fc.integer({
        min: schema.minimum ?? Number.MIN_SAFE_INTEGER,
        max: schema.maximum ?? Number.MAX_SAFE_INTEGER,
      });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      throw new Error(`no values for ${JSON.stringify(schema)}`);
  }
}

function object(schema: Schema): fc.Arbitrary<unknown> {
  const { properties = {}, required = [], additionalProperties } = schema;
  const known = fc.record(
    Object.fromEntries(Object.entries(properties).map(([key, child]) => [key, arbitrary(child)])),
    { requiredKeys: required as never[] },
  );
  // An open object: one field that nobody has heard of.
  if (typeof additionalProperties !== 'object') return known;
  return fc
    .tuple(known, fc.option(fc.jsonValue({ maxDepth: 3 }), { nil: undefined }))
    .map(([value, extra]) => (extra === undefined ? value : { ...value, extra_field: extra }));
}

function array({ items, uniqueItems, minItems = 0, maxItems }: Schema): fc.Arbitrary<unknown> {
  const length = { minLength: minItems, maxLength: Math.min(maxItems ?? MOST_ITEMS, minItems + MOST_ITEMS) };
  return uniqueItems ? fc.uniqueArray(arbitrary(items!), length) : fc.array(arbitrary(items!), length);
}

function string({ pattern, minLength = 0, maxLength = MOST_CHARACTERS }: Schema): fc.Arbitrary<string> {
  if (pattern !== undefined) {
    const known = patterns[pattern] ?? fc.stringMatching(new RegExp(pattern));
    return known.filter((text) => text.length >= minLength && text.length <= maxLength);
  }
  return fc.string({ unit: 'binary', minLength, maxLength: Math.min(maxLength, MOST_CHARACTERS) });
}

export const commandTypes = Object.keys(commands) as CommandType[];

export const anyCommandOf = (type: CommandType): fc.Arbitrary<Command> =>
  fitting(commands[type] as TSchema) as fc.Arbitrary<Command>;

export const anyCommand: fc.Arbitrary<Command> = fc.oneof(...commandTypes.map(anyCommandOf));
