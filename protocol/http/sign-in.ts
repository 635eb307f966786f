import Type, { type Static } from 'typebox';
import { Name, NO_NUL } from '../commands.ts';
import { Id, Time, Username } from '../ids.ts';
import { JSON_MEDIA, type Route } from './route.ts';

const closed = { additionalProperties: false } as const;

/** Whether a new one is good enough is not a question of its form: `weak_password`. */
export const Password = Type.String({ minLength: 1, maxLength: 1024 });
const Token = Type.String({ minLength: 1, maxLength: 4096 });
const DeviceName = Type.Optional(
  Type.String({
    minLength: 1,
    maxLength: 100,
    pattern: NO_NUL,
    description: 'what this device is called',
  }),
);

export const RegisterBody = Type.Object(
  {
    username: Username,
    password: Password,
    name: Type.Optional(Name),
    device: DeviceName,
    invitation: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
  },
  closed,
);
export const LoginBody = Type.Object({ username: Username, password: Password, device: DeviceName }, closed);
export const RefreshBody = Type.Object({ refresh_token: Token }, closed);
export const PasswordBody = Type.Object({ current_password: Password, new_password: Password }, closed);
export const InvitationBody = Type.Object(
  {
    admin: Type.Optional(
      Type.Boolean({ default: false, description: 'who registers with it becomes administrator' }),
    ),
  },
  closed,
);

/** The tokens are shown this once. */
export const SignInAnswer = Type.Object(
  {
    user: Type.Object({
      id: Id,
      username: Type.String(),
      kind: Type.Union([Type.Literal('person'), Type.Literal('bot')]),
      admin: Type.Boolean(),
      name: Type.Union([Type.String(), Type.Null()]),
      phone: Type.Union([Type.String(), Type.Null()]),
      photo: Type.Union([Type.String(), Type.Null()]),
      status: Type.Union([Type.String(), Type.Null()]),
    }),
    device: Type.Object({ id: Id, name: Type.Union([Type.String(), Type.Null()]) }),
    access_token: Type.String({ description: 'for HTTP: `Authorization: Bearer …`' }),
    token_type: Type.Literal('Bearer'),
    expires_in: Type.Integer({ minimum: 0, description: 'seconds that the access token is good for' }),
    refresh_token: Type.String({ description: 'good for one use of /token/refresh' }),
    device_token: Type.String({ description: 'the MQTT password' }),
    mqtt: Type.Object(
      {
        username: Id,
        client_id: Id,
        password: Type.String(),
        websocket: Type.String({ description: 'path of MQTT over WebSocket on this server' }),
        outbox: Type.String({ description: 'topic to publish commands to, at QoS 1' }),
        inbox: Type.String({ description: 'topic to subscribe to at QoS 1' }),
        device_inbox: Type.String({ description: 'topic to subscribe to at QoS 1' }),
      },
      { description: 'everything that an MQTT client needs' },
    ),
  },
  { title: 'SignIn' },
);
export type SignInAnswer = Static<typeof SignInAnswer>;

export const InvitationAnswer = Type.Object(
  { code: Type.String({ description: 'shown this once' }), expires: Time },
  { title: 'Invitation' },
);

const form = { params: null, query: null, media: JSON_MEDIA, command: null } as const;

export const signInRoutes = {
  register: {
    ...form,
    method: 'POST',
    path: '/register',
    tag: 'sign-in',
    summary: 'Makes an account and signs this device in.',
    auth: 'none',
    body: RegisterBody,
    status: 201,
    answer: SignInAnswer,
    codes: [
      'username_taken',
      'weak_password',
      'registration_closed',
      'invitation_required',
      'invitation_invalid',
      'storage_full',
    ],
  },
  login: {
    ...form,
    method: 'POST',
    path: '/login',
    tag: 'sign-in',
    summary: 'Signs this device in, as a new device of the account.',
    auth: 'none',
    body: LoginBody,
    status: 200,
    answer: SignInAnswer,
    codes: ['bad_credentials', 'too_many_devices', 'storage_full'],
  },
  refresh: {
    ...form,
    method: 'POST',
    path: '/token/refresh',
    tag: 'sign-in',
    summary: 'Exchanges a refresh token, once, for new tokens of the same device.',
    auth: 'none',
    body: RefreshBody,
    status: 200,
    answer: SignInAnswer,
    codes: ['unauthenticated', 'token_expired', 'token_reused', 'device_revoked', 'storage_full'],
  },
  logout: {
    ...form,
    method: 'POST',
    path: '/logout',
    tag: 'sign-in',
    summary: 'Signs this device out, at once.',
    auth: 'bearer',
    body: null,
    status: 204,
    answer: null,
    codes: ['storage_full'],
  },
  password: {
    ...form,
    method: 'POST',
    path: '/password',
    tag: 'sign-in',
    summary: 'Changes the password and signs every other device out.',
    auth: 'bearer',
    body: PasswordBody,
    status: 204,
    answer: null,
    codes: ['bad_credentials', 'weak_password', 'storage_full'],
  },
  invite: {
    ...form,
    method: 'POST',
    path: '/invitations',
    tag: 'server',
    summary: 'Makes an invitation (administrators).',
    auth: 'bearer',
    body: InvitationBody,
    status: 201,
    answer: InvitationAnswer,
    codes: ['forbidden', 'storage_full'],
  },
} as const satisfies Record<string, Route>;
