import type { TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { type Command, changes, commands, type Logged, serverChanges, VERSION } from './commands.ts';
import { knownContent, MAX_CONTENT_BYTES, MAX_DEPTH, MAX_ITEMS } from './content.ts';
import { Refused } from './errors.ts';
import { isUuid } from './ids.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const latin1 = new TextDecoder('latin1');
const encoder = new TextEncoder();
const validators = validatorsOf(commands);
const loggedValidators = validatorsOf({ ...changes, ...serverChanges });
const contentValidators = validatorsOf(knownContent);

function validatorsOf(schemas: Record<string, TSchema>): ReadonlyMap<string, Validator> {
  return new Map(
    Object.entries(schemas).map(([type, schema]) => [type, Compile(schema) as unknown as Validator]),
  );
}

/** A command with the text it was parsed from, so that nobody has to write it as JSON again. */
export interface Parsed<C extends Command = Command> {
  command: C;
  text: string;
}

/**
 * Parses and validates the payload of a command.
 * @throws {Refused} bad_json, too_deep, unsupported_version, unknown_type, too_large, bad_request. A refusal of a
 * payload that carries a usable id can be answered under that id: see {@link commandIdOf}.
 */
export function parseCommand(payload: Uint8Array): Parsed {
  const { value, text } = parseJson(payload);
  return { command: checkCommand(value), text };
}

/** JSON in UTF-8, and nothing else. @throws {Refused} bad_json */
export function parseJson(payload: Uint8Array): { value: unknown; text: string } {
  let text: string;
  try {
    text = utf8.decode(payload);
  } catch {
    throw new Refused('bad_json', 'not UTF-8');
  }
  try {
    return { value: JSON.parse(text), text };
  } catch {
    throw new Refused('bad_json');
  }
}

/** Validates a command that is already an object (HTTP bodies). Same codes as {@link parseCommand}. */
export function checkCommand(value: unknown): Command {
  return check(value, validators) as Command;
}

/** The text of an entry of the command log. Same codes as {@link parseCommand}. */
export function parseLogged(text: string): Logged {
  return check(JSON.parse(text), loggedValidators) as Logged;
}

function check(value: unknown, validators: ReadonlyMap<string, Validator>): object {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Refused('bad_json', 'not an object');
  const { v, type } = value as { v?: unknown; type?: unknown };
  if (v !== VERSION) throw new Refused('unsupported_version');
  if (typeof type !== 'string') throw new Refused('bad_request', '/type: must be a string');
  const validator = validators.get(type);
  if (validator === undefined) throw new Refused('unknown_type', type.slice(0, 64));
  checkDepth(value, MAX_DEPTH);
  checkLists(value);
  if (!validator.Check(value))
    throw new Refused('bad_request', contentProblem(value) ?? firstProblem(validator, value));
  const { content } = value as { content?: object };
  if (content !== undefined) checkContentSize(content);
  return value;
}

/** The command id of a payload that was refused, when it has a usable one: so that the answer can be matched. */
export function commandIdOf(payload: Uint8Array): string | null {
  const start = latin1.decode(payload.subarray(0, 512));
  const id = /"id"\s*:\s*"([0-9a-f-]{36})"/.exec(start)?.[1];
  return id !== undefined && isUuid(id) ? id : null;
}

/** What is wrong, for `detail`: where, and what was expected; never the value. */
export function firstProblem(validator: Validator, value: unknown): string {
  const problems = validator.Errors(value);
  const first = problems.find((p) => p.keyword !== 'anyOf') ?? problems[0];
  if (first === undefined) return 'invalid';
  // What `additionalProperties: false` comes to at the field itself.
  const message = first.keyword === 'boolean' ? 'there is no such field' : first.message;
  return `${first.instancePath || '/'}: ${message}`.slice(0, 200);
}

/** What is wrong with content of a type that the contract knows: beside all the other types it would only be said that it is none. */
function contentProblem({ content }: { content?: unknown }): string | null {
  if (typeof content !== 'object' || content === null) return null;
  const validator = contentValidators.get(String((content as { type?: unknown }).type));
  if (validator === undefined || validator.Check(content)) return null;
  const problem = firstProblem(validator, content);
  return `/content${problem.startsWith('/:') ? problem.slice(1) : problem}`.slice(0, 200);
}

function checkDepth(value: object, left: number): void {
  if (left === 0) throw new Refused('too_deep', `at most ${MAX_DEPTH} levels`);
  for (const child of Object.values(value)) {
    if (typeof child === 'object' && child !== null) checkDepth(child, left - 1);
  }
}

/**
 * Before the schema is asked: finding repeats in a list costs the square of its length, which for what fits in one packet
 * is seconds of everybody's time.
 */
function checkLists(command: object): void {
  for (const [field, value] of Object.entries(command)) {
    if (Array.isArray(value) && value.length > MAX_ITEMS)
      throw new Refused('bad_request', `/${field.slice(0, 64)}: must not have more than ${MAX_ITEMS} items`);
  }
}

function checkContentSize(content: object): void {
  // Cheap for the common case: a short text cannot exceed the limit.
  const { text } = content as { text?: unknown };
  if (
    typeof text === 'string' &&
    Object.keys(content).length === 2 &&
    text.length * 6 + 128 < MAX_CONTENT_BYTES
  )
    return;
  const bytes = encoder.encode(JSON.stringify(content)).byteLength;
  if (bytes > MAX_CONTENT_BYTES)
    throw new Refused('too_large', `content has ${bytes} bytes, ${MAX_CONTENT_BYTES} allowed`);
}
