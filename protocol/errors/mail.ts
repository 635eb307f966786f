import type { ErrorTable } from './entry.ts';

/** Mail. */
export const mailErrors = {
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
} as const satisfies ErrorTable;
