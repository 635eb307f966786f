import type { ErrorTable } from './entry.ts';

/** Limits and states of the server. */
export const serverErrors = {
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
} as const satisfies ErrorTable;
