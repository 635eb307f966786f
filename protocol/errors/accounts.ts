import type { ErrorTable } from './entry.ts';

/** Accounts. */
export const accountErrors = {
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
} as const satisfies ErrorTable;
