/** What came of one attempt. A reason is a word or a code, without an address. */
export type MailOutcome =
  | { outcome: 'taken' }
  /** Not this one, not now. */
  | { outcome: 'later'; reason: string }
  /** Nothing of ours, for now: whoever comes next would meet the same. */
  | { outcome: 'trouble'; reason: string }
  /** This mail, or whom it is for, is refused for good. */
  | { outcome: 'refused'; reason: string };

/** Commands that are about one mail; what is refused before them is refused to us (RFC 5321 §4.1.1). */
const OF_THE_MAIL = new Set(['RCPT TO', 'DATA']);
/** What the library itself has against a mail. */
const OF_THE_LETTER = new Set(['EENVELOPE', 'EMESSAGE', 'ESTREAM']);
/** RFC 5321 §3.8: the server is about to close the connection. */
const CLOSING = 421;

/** What an error of the mail library means. Where no answer came, the server may have it all the same: it is sent again, under the same Message-ID. */
export function outcomeOf(error: unknown): Exclude<MailOutcome, { outcome: 'taken' }> {
  const { responseCode, command, code } = error as {
    responseCode?: unknown;
    command?: unknown;
    code?: unknown;
  };
  const status = typeof responseCode === 'number' ? responseCode : null;
  if (status === null && OF_THE_LETTER.has(String(code))) return { outcome: 'later', reason: String(code) };
  if (status === null) return { outcome: 'trouble', reason: typeof code === 'string' ? code : 'unknown' };
  const reason = String(status);
  if (status === CLOSING || !OF_THE_MAIL.has(String(command))) return { outcome: 'trouble', reason };
  return { outcome: status >= 500 ? 'refused' : 'later', reason };
}
