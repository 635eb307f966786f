import type { ErrorTable } from './entry.ts';

/** The request itself. */
export const requestErrors = {
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
} as const satisfies ErrorTable;
