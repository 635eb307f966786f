import Type from 'typebox';
import { Id } from '../ids.ts';
import {
  BlockList,
  ContactList,
  Conversation,
  ConversationList,
  DeviceList,
  GroupAnswer,
  MemberList,
  MessageStatus,
  MessagesPage,
  Notifications,
  Presence,
  Privacy,
  Profile,
  ReceiptList,
  SearchPage,
} from './answers.ts';
import { botRoutes } from './bots.ts';
import { commandRoute } from './command-route.ts';
import { hookRoutes } from './hooks.ts';
import { mailRoutes } from './mail.ts';
import { mediaRoutes } from './media.ts';
import { pushRoutes } from './push.ts';
import { reportRoutes } from './reports.ts';
import { HTML_MEDIA, JSON_MEDIA, type Route } from './route.ts';
import { serverRoutes } from './server.ts';
import { signInRoutes } from './sign-in.ts';
import { vapidRoutes } from './vapid.ts';
import { webhookRoutes } from './webhooks.ts';

/** Routes that are commands and queries of the contract. The static name comes before the parameter, as in the router. */
export const commandRoutes = {
  sendMessage: commandRoute('messages', 'POST', '/messages/send', 'message.send', { status: 201 }),
  listMessages: commandRoute('messages', 'GET', '/messages/{conversation}', 'messages.list', {
    answer: MessagesPage,
  }),
  messageStatus: commandRoute('messages', 'GET', '/messages/{message}/status', 'message.status', {
    answer: MessageStatus,
  }),
  editMessage: commandRoute('messages', 'POST', '/messages/{conversation}/{seq}/edit', 'message.edit'),
  deleteMessage: commandRoute('messages', 'DELETE', '/messages/{conversation}/{seq}', 'message.delete', {
    summary:
      'Deletes a message for everyone: one’s own, or any as administrator of the group; or for oneself only.',
    forMe: 'message.hide',
  }),
  react: commandRoute('messages', 'PUT', '/messages/{conversation}/{seq}/reaction', 'message.react'),
  unreact: commandRoute('messages', 'DELETE', '/messages/{conversation}/{seq}/reaction', 'message.react', {
    summary: 'Takes one’s reaction back.',
    fixed: { emoji: null },
  }),
  search: commandRoute('messages', 'GET', '/search', 'messages.search', { answer: SearchPage }),

  listConversations: commandRoute('conversations', 'GET', '/conversations', 'conversations.list', {
    answer: ConversationList,
  }),
  conversation: commandRoute('conversations', 'GET', '/conversations/{conversation}', 'conversation.get', {
    answer: Conversation,
  }),
  members: commandRoute('conversations', 'GET', '/conversations/{conversation}/members', 'members.list', {
    answer: MemberList,
  }),
  receipts: commandRoute('conversations', 'GET', '/conversations/{conversation}/receipts', 'receipts.get', {
    answer: ReceiptList,
  }),
  read: commandRoute('conversations', 'POST', '/conversations/{conversation}/read', 'receipt.read', {
    status: 204,
  }),
  preferences: commandRoute(
    'conversations',
    'PATCH',
    '/conversations/{conversation}/preferences',
    'preferences.update',
  ),
  timer: commandRoute('conversations', 'PUT', '/conversations/{conversation}/timer', 'conversation.timer'),

  createGroup: commandRoute('groups', 'POST', '/groups/create', 'group.create', {
    status: 201,
    answer: GroupAnswer,
  }),
  addMembers: commandRoute('groups', 'POST', '/groups/{conversation}/add', 'group.add'),
  removeMembers: commandRoute('groups', 'POST', '/groups/{conversation}/remove', 'group.remove'),
  leaveGroup: commandRoute('groups', 'POST', '/groups/{conversation}/leave', 'group.leave'),
  updateGroup: commandRoute('groups', 'POST', '/groups/{conversation}/update', 'group.update'),
  changeRole: commandRoute('groups', 'POST', '/groups/{conversation}/role', 'group.role'),

  ownProfile: commandRoute('people', 'GET', '/profile', 'profile.get', {
    summary: 'One’s own profile.',
    own: 'user',
    answer: Profile,
  }),
  updateProfile: commandRoute('people', 'PATCH', '/profile', 'profile.update'),
  profile: commandRoute('people', 'GET', '/users/{user}', 'profile.get', { answer: Profile }),
  findUser: commandRoute('people', 'GET', '/users', 'user.find', { answer: Profile }),
  privacy: commandRoute('people', 'GET', '/privacy', 'privacy.get', { answer: Privacy }),
  updatePrivacy: commandRoute('people', 'PATCH', '/privacy', 'privacy.update'),
  notifications: commandRoute('people', 'GET', '/notifications', 'notifications.get', {
    answer: Notifications,
  }),
  updateNotifications: commandRoute('people', 'PATCH', '/notifications', 'notifications.update'),
  report: commandRoute('people', 'POST', '/reports', 'report.send', { status: 201 }),
  listContacts: commandRoute('people', 'GET', '/contacts', 'contacts.list', { answer: ContactList }),
  addContact: commandRoute('people', 'PUT', '/contacts/{user}', 'contact.add'),
  removeContact: commandRoute('people', 'DELETE', '/contacts/{user}', 'contact.remove'),
  listBlocks: commandRoute('people', 'GET', '/blocks', 'blocks.list', { answer: BlockList }),
  block: commandRoute('people', 'PUT', '/blocks/{user}', 'block.add'),
  unblock: commandRoute('people', 'DELETE', '/blocks/{user}', 'block.remove'),

  listDevices: commandRoute('devices', 'GET', '/devices', 'devices.list', { answer: DeviceList }),
  renameDevice: commandRoute('devices', 'PATCH', '/devices/{device}', 'device.rename'),
  revokeDevice: commandRoute('devices', 'DELETE', '/devices/{device}', 'device.revoke'),
} as const satisfies Record<string, Route>;

const page = {
  method: 'GET',
  tag: 'server',
  auth: 'none',
  params: null,
  query: null,
  body: null,
  status: 200,
  media: JSON_MEDIA,
  codes: [],
  command: null,
} as const;

const Alive = Type.Object({ alive: Type.Literal(true) }, { title: 'Alive' });
/** Also the answer with status 503, when it is not: the one refusal that is no problem+json. */
export const Ready = Type.Object(
  {
    ready: Type.Boolean(),
    reasons: Type.Array(Type.String()),
    degraded: Type.Array(Type.String(), {
      description: 'What the server stands on and what does not answer now: directory, history, log, redis',
    }),
  },
  { title: 'Ready' },
);
const Document = Type.Object({}, { title: 'Document' });

/** The routes that are no commands; the gateway has a handler of the same name for each. */
export const otherRoutes = {
  ...serverRoutes,
  ...signInRoutes,
  ...botRoutes,
  ...mailRoutes,
  presence: {
    ...page,
    path: '/users/{user}/presence',
    tag: 'people',
    summary: 'Whether a user is there, and when last, as far as one may see it.',
    auth: 'bearer',
    params: Type.Object({ user: Id }, { additionalProperties: false }),
    answer: Presence,
    codes: ['user_not_found', 'forbidden'],
    need: ['presence'],
  },
  ...reportRoutes,
  ...hookRoutes,
  ...webhookRoutes,
  ...mediaRoutes,
  ...pushRoutes,
  ...vapidRoutes,
  livez: { ...page, path: '/livez', summary: 'The process answers.', answer: Alive },
  readyz: {
    ...page,
    path: '/readyz',
    summary: 'Requests are served; 503 with the reasons while starting and draining.',
    answer: Ready,
  },
  openapi: { ...page, path: '/openapi.json', summary: 'This document.', answer: Document },
  asyncapi: { ...page, path: '/asyncapi.json', summary: 'The contract over MQTT.', answer: Document },
  home: {
    ...page,
    path: '/',
    summary: 'What this is, for people.',
    answer: Type.String(),
    media: HTML_MEDIA,
  },
} as const satisfies Record<string, Route>;

/** The HTTP contract. `GET /ws` and `GET /mqtt`, which upgrade to MQTT over WebSocket, are in the AsyncAPI document. */
export const routes: Readonly<Record<string, Route>> = { ...commandRoutes, ...otherRoutes };
export type OtherRouteName = keyof typeof otherRoutes;
