import Type from 'typebox';
import { count, flag, group } from '../fields.ts';

export const OpenRule = Type.Object(
  {
    users: Type.Union([Type.Literal('all'), Type.Array(Type.String(), { maxItems: 1_000 })], {
      description: 'user ids, or `all`',
    }),
    allow: Type.Union([Type.Literal('publish'), Type.Literal('subscribe'), Type.Literal('both')]),
    topic: Type.String({
      minLength: 1,
      maxLength: 1_024,
      description: 'a topic filter below the prefix, without it',
    }),
  },
  { additionalProperties: false },
);

export const open = group('Plain MQTT beside the chat', {
  enabled: flag(false, 'allow topics below `open.prefix`'),
  prefix: Type.String({
    default: 'open',
    pattern: '^(?!users$|conversations$)[A-Za-z0-9_-]{1,64}$',
    description: 'first level of these topics',
  }),
  rules: Type.Array(OpenRule, {
    default: [],
    maxItems: 1_000,
    description: 'who may do what; without a rule nobody may do anything',
  }),
  queueLimit: count(1_000, 'messages kept for a session that is away; the oldest go first'),
  sessionDays: count(30, 'days a session that is away is kept'),
});
