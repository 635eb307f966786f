import Type, { type Static } from 'typebox';
import { Id } from '../ids.ts';

const closed = { additionalProperties: false } as const;

/** Where a message goes: a user (the one-to-one conversation is made by the first message), or a conversation. */
export const Recipient = Type.Union([
  Type.Object({ user: Id }, closed),
  Type.Object({ conversation: Id }, closed),
]);

export const Role = Type.Union([Type.Literal('owner'), Type.Literal('admin'), Type.Literal('member')]);
export type Role = Static<typeof Role>;

/** `joined`: new members see what follows their joining. `all`: they may read everything before it too. */
export const HistoryForNew = Type.Union([Type.Literal('joined'), Type.Literal('all')]);
export const Audience = Type.Union([
  Type.Literal('everyone'),
  Type.Literal('contacts'),
  Type.Literal('nobody'),
]);
export type Audience = Static<typeof Audience>;

/** Not every database can keep U+0000 in a text. */
export const NO_NUL = '^[^\\u0000]*$';
export const Name = Type.String({ minLength: 1, maxLength: 100, pattern: NO_NUL });
export const Url = Type.String({ pattern: '^https?://[^\\s\\u0000]+$', maxLength: 2048 });
/** Seconds; null turns disappearing messages off. */
export const Timer = Type.Union([Type.Integer({ minimum: 1, maximum: 31_536_000 }), Type.Null()]);
/** What a notification shows: who and what, who, or only that there is something. */
export const Shown = Type.Union([Type.Literal('content'), Type.Literal('sender'), Type.Literal('nothing')]);
export type Shown = Static<typeof Shown>;
export const MentionsOverride = Type.Boolean({
  description: 'being mentioned, or answered, notifies also where one has muted',
});
const TimeOfDay = Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$', description: 'HH:MM' });
export const QuietHours = Type.Object(
  {
    from: TimeOfDay,
    to: TimeOfDay,
    zone: Type.String({
      pattern: '^[A-Za-z0-9_+/-]{1,64}$',
      description: 'IANA time zone, e.g. Europe/Berlin',
    }),
  },
  {
    ...closed,
    description: 'no notifications between the two times of day; over midnight when `to` is earlier',
  },
);
export type QuietHours = Static<typeof QuietHours>;
export const DigestHours = Type.Union([Type.Integer({ minimum: 1, maximum: 168 }), Type.Null()], {
  description: 'unread for so many hours: told of by mail; null: never',
});
export const ReportReason = Type.Union([
  Type.Literal('spam'),
  Type.Literal('harassment'),
  Type.Literal('impersonation'),
  Type.Literal('violence'),
  Type.Literal('illegal'),
  Type.Literal('other'),
]);
export type ReportReason = Static<typeof ReportReason>;
export const BotRate = Type.Union([Type.Integer({ minimum: 1, maximum: 10_000 }), Type.Null()], {
  description: 'commands a second of this bot; null: as the server has it for bots',
});
/** Why a webhook is paused: its endpoint failed for long, said that it is gone, or its owner may not read the conversation any more. */
export const WebhookPause = Type.Union([
  Type.Literal('failing'),
  Type.Literal('gone'),
  Type.Literal('right_lost'),
]);
