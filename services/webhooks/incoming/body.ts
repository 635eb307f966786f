import type { Content } from '../../../protocol/content.ts';
import { Refused } from '../../../protocol/errors.ts';
import type { HookPost, SlackAttachment } from '../../../protocol/http/hook-post.ts';

/** What is said, as those who post may say it. */
export interface Said {
  content: Content;
  mentions?: string[];
  replyTo?: number;
}

/** @throws {Refused} bad_request: neither text nor content, or both */
export function saidIn({ text, content, mentions, reply_to, attachments = [] }: HookPost): Said {
  const lines = [text, ...attachments.map(textOf)].filter((line) => line !== undefined && line !== '');
  if (content !== undefined && lines.length > 0)
    throw new Refused('bad_request', '/: text or content, not both');
  if (content === undefined && lines.length === 0)
    throw new Refused('bad_request', '/text: must not be empty');
  return {
    content: content ?? { type: 'text', text: lines.join('\n') },
    ...(mentions === undefined ? {} : { mentions }),
    ...(reply_to === undefined ? {} : { replyTo: reply_to }),
  };
}

function textOf({ fallback, pretext, title, title_link, text }: SlackAttachment): string | undefined {
  const parts = [pretext, title, title_link, text].filter((part) => part !== undefined && part !== '');
  return parts.length > 0 ? parts.join('\n') : fallback;
}
