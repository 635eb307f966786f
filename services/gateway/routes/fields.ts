import type { Static, TObject, TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { Refused } from '../../../protocol/errors.ts';
import { firstProblem } from '../../../protocol/parse.ts';

type Fields = Record<string, unknown>;

/** A check of what a request carries. @throws {Refused} bad_json when it is no object, bad_request */
export function checkOf<T extends TObject>(schema: T): (value: unknown) => Static<T> {
  const validator = Compile(schema) as unknown as Validator;
  return (value) => {
    const fields = asFields(value);
    refuseUnknown(schema, fields);
    if (!validator.Check(fields)) throw new Refused('bad_request', firstProblem(validator, fields));
    return fields as Static<T>;
  };
}

/** A body that is absent is one without fields. @throws {Refused} bad_json */
export function asFields(body: unknown): Fields {
  if (body === undefined || body === null) return {};
  if (typeof body !== 'object' || Array.isArray(body)) throw new Refused('bad_json', 'not an object');
  return body as Fields;
}

/**
 * The fields of a query or a path, whose values are text, as the schema has them: whole numbers become numbers. What is not
 * one stays text, for the validation to say so.
 */
export function fromText(schema: TObject | null, fields: Fields): Fields {
  const read: Fields = {};
  for (const [name, value] of Object.entries(fields)) {
    const isInteger = (schema?.properties[name] as TSchema & { type?: string })?.type === 'integer';
    read[name] = isInteger && typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : value;
  }
  return read;
}

/** @throws {Refused} bad_request for a field that the schema does not have */
export function refuseUnknown(schema: TObject | null, fields: Fields): void {
  for (const name of Object.keys(fields)) {
    if (schema === null || !Object.hasOwn(schema.properties, name))
      throw new Refused('bad_request', `/${name}: there is no such field`.slice(0, 200));
  }
}
