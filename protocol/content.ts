import Type, { type Static } from 'typebox';
import { MAX_CONTENT_BYTES } from './limits.ts';

export { MAX_CONTENT_BYTES, MAX_DEPTH, MAX_ITEMS } from './limits.ts';

/** Text to be shown as it is: never markup, never HTML. */
export const TextContent = Type.Object(
  { type: Type.Literal('text'), text: Type.String({ minLength: 1, maxLength: MAX_CONTENT_BYTES }) },
  { additionalProperties: false },
);

/** Content of a kind that applications agree on among themselves, e.g. `{"type":"sensor.reading","celsius":21}`. */
export const TypedContent = Type.Object(
  {
    type: Type.String({
      pattern: '^(?!text$)[a-z][a-z0-9_]*(\\.[a-z0-9_]+)*$',
      maxLength: 64,
      description: 'not `text`; clients show `text`, when it is there, for a type they do not know',
    }),
    text: Type.Optional(
      Type.String({ maxLength: MAX_CONTENT_BYTES, description: 'fallback for display and search' }),
    ),
  },
  { additionalProperties: Type.Unknown() },
);

export const Content = Type.Union([TextContent, TypedContent]);
export type Content = Static<typeof Content>;
