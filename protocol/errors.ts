import { accountErrors } from './errors/accounts.ts';
import { conversationErrors } from './errors/conversations.ts';
import type { ErrorTable } from './errors/entry.ts';
import { identityErrors } from './errors/identity.ts';
import { mailErrors } from './errors/mail.ts';
import { mediaErrors } from './errors/media.ts';
import { messageErrors } from './errors/messages.ts';
import { requestErrors } from './errors/request.ts';
import { serverErrors } from './errors/server.ts';

/** The one table of codes, in the order of its page. A test holds it against docs/ERRORS.md both ways. */
export const errors = {
  ...requestErrors,
  ...identityErrors,
  ...accountErrors,
  ...conversationErrors,
  ...messageErrors,
  ...mediaErrors,
  ...mailErrors,
  ...serverErrors,
} as const satisfies ErrorTable;

export type ErrorCode = keyof typeof errors;

/** Why a request was refused, as it travels (MQTT `refused`, HTTP problem+json). */
export interface Refusal {
  code: ErrorCode;
  message: string;
  /** What exactly: the field, the limit, the id. Never the content. */
  detail?: string;
  /** True: the same request may succeed later, unchanged. */
  retry: boolean;
  retry_after_ms?: number;
}

export function refusal(code: ErrorCode, detail?: string, retryAfterMs?: number): Refusal {
  const entry = errors[code];
  const r: Refusal = { code, message: entry.message, retry: entry.retry };
  if (detail !== undefined) r.detail = detail;
  if (retryAfterMs !== undefined) r.retry_after_ms = retryAfterMs;
  return r;
}

/** A refusal as an exception, for code that is several calls below the one who answers. */
export class Refused extends Error {
  readonly refusal: Refusal;
  constructor(code: ErrorCode, detail?: string, retryAfterMs?: number, options?: ErrorOptions) {
    super(`${code}${detail ? `: ${detail}` : ''}`, options);
    this.refusal = refusal(code, detail, retryAfterMs);
  }
}
