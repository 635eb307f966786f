import Type from 'typebox';
import { choice, count, flag, group, text } from '../fields.ts';

export const mail = group('Mail', {
  url: text(
    '',
    'the server that takes our mail: smtp://user:password@host:587, or smtps://…:465; by DUNLIN_MAIL_URL_FILE. Empty: no mail',
  ),
  tls: choice(
    ['required', 'optional', 'none'],
    'required',
    'for smtp://: STARTTLS must be; is used where it is offered, whatever its certificate; is not used, as to a server of this machine',
  ),
  from: text('', 'the address it comes from'),
  replyTo: text('', 'where answers go; empty: to `mail.from`'),
  name: Type.String({
    default: 'Dunlin',
    minLength: 1,
    maxLength: 80,
    description: 'what this server is called in mails',
  }),
  language: choice(['en', 'ar'], 'en', 'the language of mails to those who chose none'),
  publicUrl: text('', 'where links in mails lead; empty: `http.publicUrl`'),
  preciseNetwork: flag(
    false,
    'name the address of a new device in the notice of it, and not only its network',
  ),
  atOnce: Type.Integer({
    minimum: 1,
    maximum: 100,
    default: 4,
    description: 'mails under way at once, one process',
  }),
  perMinute: count(120, 'mails a minute, one process'),
  perRecipientHour: count(20, 'mails an hour to one address'),
  timeoutSeconds: Type.Integer({
    minimum: 1,
    maximum: 300,
    default: 60,
    description: 'seconds until a mail must have been taken',
  }),
  maxAgeHours: count(48, 'hours after which a mail that nobody takes is given up'),
  resetMinutes: count(30, 'minutes for which a link for a new password is good'),
  verifyHours: count(24, 'hours for which a link that confirms an address is good'),
});
