import type { ErrorTable } from './entry.ts';

/** Who is asking. */
export const identityErrors = {
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
} as const satisfies ErrorTable;
