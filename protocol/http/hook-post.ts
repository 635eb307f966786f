import Type, { type Static } from 'typebox';
import { NO_NUL } from '../commands.ts';
import { Content } from '../content.ts';
import { Id, Sequence } from '../ids.ts';

const text = Type.String({ maxLength: 65_536, pattern: NO_NUL });
const ignored = Type.Optional(Type.Unknown({ description: 'taken, and not looked at' }));

/** The parts of an attachment, as Slack has them, that are text. */
export const SlackAttachment = Type.Object(
  {
    fallback: Type.Optional(text),
    pretext: Type.Optional(text),
    title: Type.Optional(text),
    title_link: Type.Optional(text),
    text: Type.Optional(text),
  },
  { additionalProperties: Type.Unknown() },
);
export type SlackAttachment = Static<typeof SlackAttachment>;

/** What may be posted: a text, or content; and what senders for Slack send beside a text. */
export const HookPost = Type.Object(
  {
    text: Type.Optional(
      Type.String({ maxLength: 65_536, pattern: NO_NUL, description: 'shown as it is, never markup' }),
    ),
    content: Type.Optional(Content),
    mentions: Type.Optional(Type.Array(Id, { maxItems: 100, uniqueItems: true })),
    reply_to: Type.Optional(Sequence),
    attachments: Type.Optional(
      Type.Array(SlackAttachment, {
        maxItems: 20,
        description: 'as senders for Slack have them: their texts are added',
      }),
    ),
    blocks: ignored,
    channel: ignored,
    username: ignored,
    icon_emoji: ignored,
    icon_url: ignored,
    mrkdwn: ignored,
    parse: ignored,
    link_names: ignored,
    unfurl_links: ignored,
    unfurl_media: ignored,
    thread_ts: ignored,
    response_type: ignored,
  },
  { additionalProperties: false, title: 'HookPost' },
);
export type HookPost = Static<typeof HookPost>;
