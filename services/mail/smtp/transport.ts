import { createTransport } from 'nodemailer';
import { htmlOf, type Letter, subjectOf, textOf } from '../letters/letter.ts';
import type { MailSettings } from '../settings.ts';
import { type MailOutcome, outcomeOf } from './outcome.ts';

/** A letter on its way. */
export interface Posted {
  /** Names it for ever: of a mail that comes twice a mail program shows one (RFC 5322 §3.6.4). */
  id: string;
  to: string;
  letter: Letter;
  /** When what it tells of happened. */
  date: number;
}

/** The server that takes our mail. */
export interface MailTransport {
  /** One attempt; does not throw for what a server or a network does. */
  send(posted: Posted, signal: AbortSignal): Promise<MailOutcome>;
  close(): void;
}

export type CreateMailTransport = (settings: MailSettings) => MailTransport;

/** A server may close before that, which would look as if it had failed. */
const IDLE_MS = 20_000;
const MOST_MESSAGES = 50;

export function smtpTransport(settings: MailSettings): MailTransport {
  const { url, tls, from, replyTo, name, timeoutMs, atOnce, publicUrl } = settings;
  const host = from.slice(from.lastIndexOf('@') + 1);
  const pool = createTransport({
    ...addressOf(url),
    ...security(tls),
    pool: true,
    maxConnections: atOnce,
    maxMessages: MOST_MESSAGES,
    idleTimeout: IDLE_MS,
    // Whether to try again is decided where it is written down.
    maxRequeues: 0,
    ...{ connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs },
    ...{ disableFileAccess: true, disableUrlAccess: true },
  });

  return {
    async send({ id, to, letter, date }, signal) {
      try {
        await pool.sendMail({
          from: { name, address: from },
          to: { name: '', address: to },
          ...(replyTo === null ? {} : { replyTo: { name: '', address: replyTo } }),
          subject: subjectOf(letter),
          text: textOf(letter),
          html: htmlOf(letter),
          messageId: `<${id}@${host}>`,
          date: new Date(date),
          headers: headersOf(letter, host, publicUrl),
          xMailer: false,
          signal,
        });
        return { outcome: 'taken' };
      } catch (error) {
        return outcomeOf(error);
      }
    },
    close: () => pool.close({ force: true }),
  };
}

function addressOf(url: string) {
  const { protocol, hostname, port, username, password } = new URL(url);
  const secure = protocol === 'smtps:';
  return {
    // An IPv6 address has brackets in a URL, and nowhere else.
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? (secure ? 465 : 587) : Number(port),
    secure,
    ...(username === ''
      ? {}
      : {
          auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) },
          forceAuth: true,
        }),
  };
}

function security(tls: MailSettings['tls']) {
  if (tls === 'required') return { requireTLS: true };
  return tls === 'none' ? { ignoreTLS: true } : { tls: { rejectUnauthorized: false } };
}

/** RFC 3834 §5: nothing answers it by itself. RFC 2369, RFC 2919, RFC 8058: it can be stopped, by one press where that is safe. */
function headersOf({ stop }: Letter, host: string, publicUrl: string): Record<string, string> {
  return {
    'Auto-Submitted': 'auto-generated',
    'X-Auto-Response-Suppress': 'All',
    ...(stop === undefined
      ? {}
      : {
          'List-Id': `<${stop.list}.${host}>`,
          'List-Unsubscribe': `<${stop.url}>`,
          ...(publicUrl.startsWith('https:')
            ? { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }
            : {}),
        }),
  };
}
