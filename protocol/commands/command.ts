import Type, { type TProperties } from 'typebox';
import { CommandId } from '../ids.ts';
import { VERSION } from '../version.ts';

/** A command: `{v, id, type, …}`. An unknown field is refused: a client learns at once that it is not understood. */
export function command<const T extends string, P extends TProperties>(
  type: T,
  description: string,
  fields: P,
) {
  return Type.Object(
    { v: Type.Literal(VERSION), id: CommandId, type: Type.Literal(type), ...fields },
    { additionalProperties: false, description, title: type },
  );
}
