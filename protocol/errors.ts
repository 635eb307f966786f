/**
 * The one table of codes. `status` is the HTTP status, `retry` says whether the same request may succeed later
 * unchanged, `next` is what the caller should do. A test holds this table against docs/ERRORS.md both ways.
 */
export interface ErrorEntry {
  readonly status: number;
  readonly retry: boolean;
  readonly message: string;
  readonly next: string;
}

export const errors = {
  // The request itself
  bad_json: {
    status: 400,
    retry: false,
    message: 'The payload is not valid JSON in UTF-8.',
    next: 'Send one JSON object encoded as UTF-8.',
  },
  bad_request: {
    status: 400,
    retry: false,
    message: 'The request does not fit its schema.',
    next: 'Correct the field named in `detail`.',
  },
  unknown_type: {
    status: 400,
    retry: false,
    message: 'This command type does not exist.',
    next: 'Use a type of the published contract.',
  },
  unsupported_version: {
    status: 400,
    retry: false,
    message: 'This version of the contract is not spoken here.',
    next: 'Send `v: 1`.',
  },
  too_large: {
    status: 413,
    retry: false,
    message: 'The request is larger than allowed.',
    next: 'Send less than the limit in `detail`, or upload it as media.',
  },
  too_deep: {
    status: 400,
    retry: false,
    message: 'The JSON is nested too deeply.',
    next: 'Flatten the content.',
  },
  not_found: {
    status: 404,
    retry: false,
    message: 'There is no such thing, or it is not yours to see.',
    next: 'Check the id.',
  },
  method_not_allowed: {
    status: 405,
    retry: false,
    message: 'This path does not take this method.',
    next: 'See the published contract.',
  },
  bad_cursor: {
    status: 400,
    retry: false,
    message: 'The pagination cursor is not one of ours.',
    next: 'Start again without a cursor.',
  },
  // Who is asking
  unauthenticated: {
    status: 401,
    retry: false,
    message: 'Sign in first.',
    next: 'Send a valid access token.',
  },
  bad_credentials: {
    status: 401,
    retry: false,
    message: 'The name or the password is wrong.',
    next: 'Try again, or reset the password.',
  },
  token_expired: { status: 401, retry: false, message: 'The token has expired.', next: 'Refresh it.' },
  token_reused: {
    status: 401,
    retry: false,
    message: 'This refresh token was used before; the device has been signed out.',
    next: 'Log in again.',
  },
  device_revoked: {
    status: 401,
    retry: false,
    message: 'This device has been revoked.',
    next: 'Log in again.',
  },
  forbidden: { status: 403, retry: false, message: 'You may not do this.', next: 'Ask someone who may.' },
  topic_forbidden: {
    status: 403,
    retry: false,
    message: 'This topic is not yours to use.',
    next: 'Use your own topics and those of your conversations.',
  },
  scope_missing: {
    status: 403,
    retry: false,
    message: 'This bot has no scope for it.',
    next: 'Ask the owner of the bot for the scope named in `detail`.',
  },
  bot_paused: {
    status: 403,
    retry: false,
    message: 'This bot is paused.',
    next: 'Ask its owner to let it go on.',
  },
  // Accounts
  username_taken: { status: 409, retry: false, message: 'This name is taken.', next: 'Choose another name.' },
  weak_password: {
    status: 400,
    retry: false,
    message: 'The password is too easy to guess.',
    next: 'Use at least 8 characters that are not a common password.',
  },
  registration_closed: {
    status: 403,
    retry: false,
    message: 'Registration is closed here.',
    next: 'Ask the operator.',
  },
  invitation_required: {
    status: 403,
    retry: false,
    message: 'Registration needs an invitation here.',
    next: 'Ask a member or the operator for one.',
  },
  invitation_invalid: {
    status: 403,
    retry: false,
    message: 'This invitation is unknown, used or expired.',
    next: 'Ask for a new one.',
  },
  too_many_devices: {
    status: 409,
    retry: false,
    message: 'This account has the most devices allowed.',
    next: 'Revoke one you no longer use.',
  },
  too_many_bots: {
    status: 409,
    retry: false,
    message: 'You have the most bots allowed.',
    next: 'Delete one you no longer need.',
  },
  list_full: {
    status: 409,
    retry: false,
    message: 'The list has the most entries allowed.',
    next: 'Remove one you no longer need.',
  },
  // Conversations
  user_not_found: {
    status: 404,
    retry: false,
    message: 'There is no such user.',
    next: 'Check the user id.',
  },
  conversation_not_found: {
    status: 404,
    retry: false,
    message: 'There is no such conversation, or you are not in it.',
    next: 'Check the conversation id.',
  },
  conversation_exists: {
    status: 409,
    retry: false,
    message: 'A conversation with this id exists.',
    next: 'Choose a new command id.',
  },
  not_a_member: {
    status: 403,
    retry: false,
    message: 'You are not a member of this conversation.',
    next: 'Ask to be added.',
  },
  not_a_group: {
    status: 409,
    retry: false,
    message: 'This can only be done in a group.',
    next: 'Create a group.',
  },
  not_an_admin: {
    status: 403,
    retry: false,
    message: 'Only an owner or administrator of the group may do this.',
    next: 'Ask one of them.',
  },
  not_an_owner: {
    status: 403,
    retry: false,
    message: 'Only an owner of the group may do this.',
    next: 'Ask an owner.',
  },
  last_owner: {
    status: 409,
    retry: false,
    message: 'The last owner cannot leave or step down.',
    next: 'Make another member owner first.',
  },
  already_a_member: {
    status: 409,
    retry: false,
    message: 'They are all members already.',
    next: 'Nothing needs doing.',
  },
  bot_not_for_groups: {
    status: 403,
    retry: false,
    message: 'This bot is not to be added to groups.',
    next: 'Leave it out, or ask its owner.',
  },
  group_full: {
    status: 409,
    retry: false,
    message: 'The group has the most members allowed.',
    next: 'Remove someone, or make a second group.',
  },
  too_many_groups: {
    status: 409,
    retry: false,
    message: 'You are in the most groups allowed.',
    next: 'Leave one you no longer use.',
  },
  blocked: {
    status: 403,
    retry: false,
    message: 'One of you has blocked the other.',
    next: 'Unblock them if the block is yours.',
  },
  // Messages
  message_not_found: {
    status: 404,
    retry: false,
    message: 'There is no such message here.',
    next: 'Check conversation and sequence number.',
  },
  message_deleted: {
    status: 410,
    retry: false,
    message: 'The message has been deleted or has expired.',
    next: 'Nothing can be done with it.',
  },
  not_the_sender: {
    status: 403,
    retry: false,
    message: 'Only the sender may do this.',
    next: 'Delete it for yourself instead.',
  },
  edit_too_late: {
    status: 409,
    retry: false,
    message: 'The time for editing this message is over.',
    next: 'Send a new message.',
  },
  bad_query: {
    status: 400,
    retry: false,
    message: 'The search query cannot be read.',
    next: 'Search for plain words.',
  },
  // Media
  media_not_found: {
    status: 404,
    retry: false,
    message: 'There is no such media, or it is not yours to send.',
    next: 'Upload it, and send the id of that.',
  },
  media_rejected: {
    status: 422,
    retry: false,
    message: 'This file is not accepted here.',
    next: 'Send another file; `detail` says what is wrong with this one.',
  },
  media_in_use: {
    status: 409,
    retry: false,
    message: 'A message has this file.',
    next: 'Delete the messages that have it.',
  },
  integrity_failed: {
    status: 422,
    retry: false,
    message: 'What arrived is not what its checksum says.',
    next: 'Upload it again.',
  },
  checksum_mismatch: {
    status: 460,
    retry: false,
    message: 'This part of the upload is not what its checksum says, and was not taken.',
    next: 'Send the part again.',
  },
  quota_exceeded: {
    status: 403,
    retry: false,
    message: 'You have no room left for files.',
    next: 'Delete messages with files, or files that no message has.',
  },
  daily_quota_exceeded: {
    status: 429,
    retry: true,
    message: 'You have uploaded as much as is allowed in a day.',
    next: 'Wait `retry_after_ms`, then upload it again.',
  },
  range_not_satisfiable: {
    status: 416,
    retry: false,
    message: 'There is no such part of it.',
    next: 'Ask for a part of as many bytes as it has.',
  },
  upload_conflict: {
    status: 409,
    retry: false,
    message: 'The upload is not where this part of it begins.',
    next: 'Ask how far it has come, and go on from there.',
  },
  upload_busy: {
    status: 423,
    retry: false,
    message: 'Another request is writing to this upload.',
    next: 'Wait a moment, ask how far it has come, and go on from there.',
  },
  upload_protocol: {
    status: 412,
    retry: false,
    message: 'This version of tus is not spoken here.',
    next: 'Send `Tus-Resumable: 1.0.0`.',
  },
  // Mail
  mail_not_configured: {
    status: 501,
    retry: false,
    message: 'This server sends no mail.',
    next: 'Ask the operator.',
  },
  link_invalid: {
    status: 403,
    retry: false,
    message: 'This link is unknown, was used, or has expired.',
    next: 'Ask for a new one.',
  },
  email_taken: {
    status: 409,
    retry: false,
    message: 'Another account has this mail address.',
    next: 'Use another one, or remove it there first.',
  },
  // Limits and states of the server
  rate_limited: {
    status: 429,
    retry: true,
    message: 'Too many requests.',
    next: 'Wait `retry_after_ms`, then send the same request again.',
  },
  too_many_connections: {
    status: 429,
    retry: true,
    message: 'Too many connections.',
    next: 'Close one, then connect again.',
  },
  too_many_subscriptions: {
    status: 429,
    retry: false,
    message: 'This device has the most subscriptions allowed.',
    next: 'Unsubscribe from a topic first.',
  },
  overloaded: {
    status: 503,
    retry: true,
    message: 'The server is busy.',
    next: 'Wait `retry_after_ms`, then send the same request again.',
  },
  draining: {
    status: 503,
    retry: true,
    message: 'The server is shutting down.',
    next: 'Connect again in a moment.',
  },
  storage_full: {
    status: 507,
    retry: true,
    message: 'The server has no room to store this.',
    next: 'Tell the operator; send the same request again later.',
  },
  unavailable: {
    status: 503,
    retry: true,
    message: 'A part of the server is not answering.',
    next: 'Send the same request again later.',
  },
  internal: {
    status: 500,
    retry: true,
    message: 'The server made a mistake.',
    next: 'Send the same request again; tell the operator if it persists.',
  },
} as const satisfies Record<string, ErrorEntry>;

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
