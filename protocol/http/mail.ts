import Type, { type Static, type TSchema } from 'typebox';
import { Id, Username } from '../ids.ts';
import { HTML_MEDIA, JSON_MEDIA, type Route } from './route.ts';
import { Password } from './sign-in.ts';

const closed = { additionalProperties: false } as const;
const orNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** Held against the rules of mail addresses where it is taken. */
const Email = Type.String({ minLength: 3, maxLength: 320, description: 'a mail address' });
const Language = Type.Union([Type.Literal('en'), Type.Literal('ar')], {
  description: 'of mails; null: what the server speaks',
});
/** What a link in a mail ends with. */
const LinkToken = Type.String({ pattern: '^[A-Za-z0-9_-]{20,128}$' });

export const EmailBody = Type.Object({ email: Email, password: Password }, closed);
export const EmailChoices = Type.Object(
  {
    notices: Type.Optional(Type.Boolean({ description: 'mails about new devices' })),
    digests: Type.Optional(
      Type.Boolean({ description: 'mails about unread messages, after `digest_hours` of the notifications' }),
    ),
    language: Type.Optional(orNull(Language)),
  },
  closed,
);
export type EmailChoices = Static<typeof EmailChoices>;
export const LinkBody = Type.Object({ token: LinkToken }, closed);
export const ResetBody = Type.Object(
  { username: Type.Optional(Username), email: Type.Optional(Email) },
  { ...closed, description: 'one of them' },
);
export const ResetConfirmBody = Type.Object({ token: LinkToken, new_password: Password }, closed);

const address = {
  email: orNull(Type.String({ description: 'verified' })),
  pending: orNull(Type.String({ description: 'waits to be verified' })),
  bouncing: Type.Boolean({
    description: 'it refuses what is sent to it: nothing is any more, until it is verified anew',
  }),
  notices: Type.Boolean(),
  digests: Type.Boolean(),
  language: orNull(Type.String()),
};
export const AccountEmail = Type.Object(address, { title: 'AccountEmail' });
export type AccountEmail = Static<typeof AccountEmail>;
export const Account = Type.Object(
  {
    user: Id,
    username: Type.String(),
    mail: Type.Boolean({ description: 'this server sends mail' }),
    ...address,
  },
  { title: 'Account' },
);
export type Account = Static<typeof Account>;

const form = { params: null, query: null, body: null, media: JSON_MEDIA, command: null } as const;
const own = { ...form, tag: 'mail', auth: 'bearer' } as const;
const open = { ...form, tag: 'mail', auth: 'none' } as const;
const page = {
  ...open,
  params: Type.Object({ token: LinkToken }, closed),
  status: 200,
  answer: Type.String(),
  media: HTML_MEDIA,
} as const;

/** What forms of pages send. */
export const FORM_MEDIA = 'application/x-www-form-urlencoded';
const pressed = { [FORM_MEDIA]: Type.Object({}) } as const;
const withoutLink = ['mail_not_configured'] as const;
const withLink = [...withoutLink, 'link_invalid'] as const;

export const mailRoutes = {
  account: {
    ...own,
    method: 'GET',
    path: '/account',
    summary: 'One’s account: its mail address, and what it is written of.',
    status: 200,
    answer: Account,
    codes: ['user_not_found'],
  },
  setEmail: {
    ...own,
    method: 'PUT',
    path: '/account/email',
    summary: 'Gives a mail address, to be verified by a link in a mail; until then the former one stays.',
    body: EmailBody,
    status: 202,
    answer: AccountEmail,
    codes: [...withoutLink, 'bad_credentials', 'storage_full'],
  },
  updateEmail: {
    ...own,
    method: 'PATCH',
    path: '/account/email',
    summary: 'What one is written of, and in which language.',
    body: EmailChoices,
    status: 200,
    answer: AccountEmail,
    codes: [...withoutLink, 'not_found', 'storage_full'],
  },
  removeEmail: {
    ...own,
    method: 'DELETE',
    path: '/account/email',
    summary: 'Forgets the mail address. It is told so.',
    status: 204,
    answer: null,
    codes: [...withoutLink, 'storage_full'],
  },
  verifyEmail: {
    ...open,
    method: 'POST',
    path: '/account/email/verify',
    summary: 'Verifies an address by what was sent to it.',
    body: LinkBody,
    status: 204,
    answer: null,
    codes: [...withLink, 'email_taken', 'storage_full'],
  },
  requestReset: {
    ...open,
    method: 'POST',
    path: '/password/reset',
    summary:
      'Has a link for a new password sent to the verified address of an account. The answer is the same whether there is one.',
    body: ResetBody,
    status: 202,
    answer: Type.Object({}, { title: 'Accepted' }),
    codes: [...withoutLink, 'storage_full'],
  },
  confirmReset: {
    ...open,
    method: 'POST',
    path: '/password/reset/confirm',
    summary: 'Sets a new password by what was sent, and signs every device out.',
    body: ResetConfirmBody,
    status: 204,
    answer: null,
    codes: [...withLink, 'bad_credentials', 'weak_password', 'storage_full'],
  },

  verifyPage: {
    ...page,
    method: 'GET',
    path: '/mail/verify/{token}',
    summary: 'Where the link of a verification leads: a page that asks. Nothing is done by opening it.',
    codes: withoutLink,
  },
  verifyByPage: {
    ...page,
    method: 'POST',
    path: '/mail/verify/{token}',
    summary: 'What its button does.',
    stream: pressed,
    codes: [...withLink, 'email_taken', 'storage_full'],
  },
  resetPage: {
    ...page,
    method: 'GET',
    path: '/mail/reset/{token}',
    summary: 'Where the link for a new password leads: a page that asks for it.',
    codes: withoutLink,
  },
  resetByPage: {
    ...page,
    method: 'POST',
    path: '/mail/reset/{token}',
    summary: 'What its button does.',
    stream: { [FORM_MEDIA]: Type.Object({ new_password: Password }, closed) },
    codes: [...withLink, 'bad_credentials', 'weak_password', 'storage_full'],
  },
  unsubscribePage: {
    ...page,
    method: 'GET',
    path: '/mail/unsubscribe/{token}',
    summary: 'Where the link to stop mails leads: a page that asks. Nothing is done by opening it.',
    codes: withLink,
  },
  unsubscribe: {
    ...page,
    method: 'POST',
    path: '/mail/unsubscribe/{token}',
    summary:
      'Stops these mails: by its button, or by one press in a mail program (RFC 8058), whatever the body.',
    stream: pressed,
    codes: [...withLink, 'storage_full'],
  },
} as const satisfies Record<string, Route>;
