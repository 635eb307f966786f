import type { ErrorTable } from './entry.ts';

/** Messages. */
export const messageErrors = {
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
} as const satisfies ErrorTable;
