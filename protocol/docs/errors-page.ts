import type { ErrorEntry } from '../errors/entry.ts';
import { errors } from '../errors.ts';

const INTRODUCTION = `# Error codes

Written by \`npm run docs\` from \`protocol/errors.ts\`. A code never changes its meaning; new ones may come, so treat an
unknown one by its \`retry\`.

Where a refusal arrives:

- **MQTT, at once**: \`refused\` on the inbox of the device that asked, with the command's id as \`command\`.
- **MQTT, after PUBACK**: the event \`refused\` in the device's own stream, on the same topic: it is kept until the device has it.
- **HTTP**: \`application/problem+json\` (RFC 9457) with \`code\`, and the status below.
- **CONNECT**: return code 4 or 5 (these credentials are not good, or not any more) or 3 (too many connections); what passes by itself
  closes the connection without a CONNACK, so that every client tries again. **SUBSCRIBE**: return code 0x80, and a \`refused\` beside it that says why.

**Retry** says whether the same request may succeed later, unchanged, under the same id; \`retry_after_ms\` says when, where it is known.

| code | HTTP | retry | what it means | what to do |
|---|---|---|---|---|
`;

/** docs/ERRORS.md: one row a code, in the order of the table. */
export function errorsPage(): string {
  const rows = Object.entries<ErrorEntry>(errors).map(
    ([code, { status, retry, message, next }]) =>
      `| \`${code}\` | ${status} | ${retry ? 'yes' : 'no'} | ${message} | ${next} |\n`,
  );
  return INTRODUCTION + rows.join('');
}
