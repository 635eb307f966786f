import type { Config } from '../../platform/config/schema.ts';
import { isLanguage, type Language } from './words/words.ts';

/** Milliseconds where the name says so. */
export interface MailSettings {
  /** Where mail is handed over: smtp:// or smtps://, with a name and a password. A secret. */
  url: string;
  tls: Config['mail']['tls'];
  from: string;
  replyTo: string | null;
  /** What this server is called in mails. */
  name: string;
  language: Language;
  /** Where links lead, without a slash at the end. */
  publicUrl: string;
  /** How much of an address is told: all of it, or the network it is in. */
  preciseNetwork: boolean;
  atOnce: number;
  perMinute: number;
  perRecipientHour: number;
  timeoutMs: number;
  maxAgeMs: number;
  resetMs: number;
  verifyMs: number;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** Null: nothing is sent from here, and nothing of it is offered. */
export function mailSettings({ mail, http }: Pick<Config, 'mail' | 'http'>): MailSettings | null {
  if (mail.url === '') return null;
  return {
    url: mail.url,
    tls: mail.tls,
    from: mail.from,
    replyTo: mail.replyTo === '' ? null : mail.replyTo,
    name: mail.name,
    language: isLanguage(mail.language) ? mail.language : 'en',
    publicUrl: (mail.publicUrl === '' ? http.publicUrl : mail.publicUrl).replace(/\/+$/, ''),
    preciseNetwork: mail.preciseNetwork,
    atOnce: mail.atOnce,
    perMinute: mail.perMinute,
    perRecipientHour: mail.perRecipientHour,
    timeoutMs: mail.timeoutSeconds * SECOND_MS,
    maxAgeMs: mail.maxAgeHours * HOUR_MS,
    resetMs: mail.resetMinutes * MINUTE_MS,
    verifyMs: mail.verifyHours * HOUR_MS,
  };
}
