import type { ErrorTable } from './entry.ts';

/** Media. */
export const mediaErrors = {
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
} as const satisfies ErrorTable;
