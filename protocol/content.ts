import Type, { type Static } from 'typebox';
import { MAX_CONTENT_BYTES } from './limits.ts';
import { MediaContent } from './media.ts';

export { MAX_CONTENT_BYTES, MAX_DEPTH, MAX_ITEMS } from './limits.ts';

const closed = { additionalProperties: false } as const;
const Text = Type.String({ minLength: 1, maxLength: MAX_CONTENT_BYTES });

/** Text to be shown as it is: never markup, never HTML. */
export const TextContent = Type.Object({ type: Type.Literal('text'), text: Text }, closed);

export const ButtonLabel = Type.String({ minLength: 1, maxLength: 64 });
export const ButtonData = Type.String({
  minLength: 1,
  maxLength: 256,
  description: 'what the sender gets back when it is pressed',
});
const Button = Type.Union([
  Type.Object({ label: ButtonLabel, data: ButtonData }, closed),
  Type.Object(
    { label: ButtonLabel, url: Type.String({ pattern: '^https?://[^\\s\\u0000]+$', maxLength: 2048 }) },
    closed,
  ),
]);

/** A message with buttons below it. A press is a message of {@link ButtonPress}; a button with a `url` opens it. */
export const ButtonsContent = Type.Object(
  {
    type: Type.Literal('buttons'),
    text: Text,
    rows: Type.Array(Type.Array(Button, { minItems: 1, maxItems: 5 }), { minItems: 1, maxItems: 10 }),
  },
  { ...closed, description: 'A message with buttons below it.' },
);

/** A message with answers to choose from. A choice is an ordinary text with the label, in reply to it. */
export const QuickRepliesContent = Type.Object(
  {
    type: Type.Literal('quick_replies'),
    text: Text,
    replies: Type.Array(Type.Object({ label: ButtonLabel }, closed), { minItems: 1, maxItems: 10 }),
  },
  { ...closed, description: 'A message with answers to choose from.' },
);

/** A button was pressed: `reply_to` is the message that has it. */
export const ButtonPress = Type.Object(
  { type: Type.Literal('button.press'), text: ButtonLabel, data: ButtonData },
  { ...closed, description: 'A button of the message at `reply_to` was pressed; `text` is its label.' },
);

/** Types of content that the contract knows: one with another shape is refused. */
export const knownContent = {
  text: TextContent,
  buttons: ButtonsContent,
  quick_replies: QuickRepliesContent,
  'button.press': ButtonPress,
  media: MediaContent,
} as const;

const reserved = Object.keys(knownContent).map((type) => type.replace('.', '\\.'));

/** Names of types that the contract does not know. */
export const FREE_TYPE = `^(?!(${reserved.join('|')})$)[a-z][a-z0-9_]*(\\.[a-z0-9_]+)*$`;

/** Content of a kind that applications agree on among themselves, e.g. `{"type":"sensor.reading","celsius":21}`. */
export const TypedContent = Type.Object(
  {
    type: Type.String({
      pattern: FREE_TYPE,
      maxLength: 64,
      description:
        'none of the types above; clients show `text`, when it is there, for a type they do not know',
    }),
    text: Type.Optional(
      Type.String({ maxLength: MAX_CONTENT_BYTES, description: 'fallback for display and search' }),
    ),
  },
  { additionalProperties: Type.Unknown() },
);

export const Content = Type.Union([
  TextContent,
  ButtonsContent,
  QuickRepliesContent,
  ButtonPress,
  MediaContent,
  TypedContent,
]);
export type Content = Static<typeof Content>;
export type Button = Static<typeof Button>;
export type ButtonsContent = Static<typeof ButtonsContent>;
export type QuickRepliesContent = Static<typeof QuickRepliesContent>;
export type ButtonPress = Static<typeof ButtonPress>;
export type { MediaContent } from './media.ts';
