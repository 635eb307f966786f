import type { TSchema } from 'typebox';
import { commands, isQuery, VERSION } from '../commands.ts';
import { errors } from '../errors.ts';
import {
  accountEvents,
  conversationEvents,
  deviceEvents,
  notices,
  PresencePayload,
  TypingPayload,
} from '../events.ts';
import { commandRoutes } from '../http.ts';
import { channels, operations } from './channels.ts';
import { commandExamples } from './example-commands.ts';
import {
  eventExamples,
  noticeExamples,
  presenceExample,
  typingExample,
  typingSeen,
} from './example-events.ts';
import { definition, type Json, type JsonObject, namedSchemas, namesOf, plain } from './schema-refs.ts';

/** Version of the AsyncAPI MQTT bindings used here. */
const BINDING = '0.2.0';
const SCHEMAS = '#/components/schemas';

const ref = (path: string): JsonObject => ({ $ref: `#/${path}` });
/** The refusal that is an event has a name of its own: `refused` is the notice. */
const EVENT_NAMES: Record<string, string> = { refused: 'refused.event' };

interface Message {
  schema: TSchema;
  examples: unknown[];
}

/** Every message of the contract by its name in the document. */
function messages(): Record<string, Message> {
  const all: Record<string, Message> = {};
  for (const [type, schema] of Object.entries(commands))
    all[type] = { schema, examples: [commandExamples[type as keyof typeof commands]] };
  for (const [type, schema] of Object.entries({ ...conversationEvents, ...accountEvents, ...deviceEvents }))
    all[EVENT_NAMES[type] ?? type] = {
      schema,
      examples: [eventExamples[type as keyof typeof eventExamples]],
    };
  for (const [type, schema] of Object.entries(notices))
    all[type] = { schema, examples: [noticeExamples[type as keyof typeof notices]] };
  all.presence = { schema: PresencePayload, examples: [presenceExample] };
  all.typing = { schema: TypingPayload, examples: [typingExample, typingSeen] };
  return all;
}

function messageObjects(): JsonObject {
  return Object.fromEntries(
    Object.entries(messages()).map(([name, { schema, examples }]) => [
      name,
      {
        name,
        ...plain(described(schema)),
        ...answerOf(name),
        contentType: 'application/json',
        payload: { $ref: `${SCHEMAS}/${name}` },
        examples: examples.map((payload) => ({ payload: plain(payload) })),
      },
    ]),
  );
}

/** What is asked by a command and answered over HTTP with the same: the name of its schema, by the command. */
const answers = new Map<string, TSchema>(
  Object.values(commandRoutes)
    .filter(({ command }) => isQuery(command.type))
    .map(({ command, answer }) => [command.type, answer as TSchema]),
);

const nameOfAnswer = (answer: TSchema) => `answer.${(answer as { title?: string }).title}`;

function answerOf(name: string): JsonObject {
  const answer = answers.get(name);
  return answer === undefined ? {} : { 'x-result': { $ref: `${SCHEMAS}/${nameOfAnswer(answer)}` } };
}

function described(schema: TSchema): { title?: string; summary?: string } {
  const { title, description } = schema as { title?: string; description?: string };
  return { title, summary: description };
}

function schemaObjects(): JsonObject {
  const all = namedSchemas(SCHEMAS);
  const eventNames = namesOf({ ...conversationEvents, ...accountEvents });
  for (const [name, { schema }] of Object.entries(messages()))
    all[name] = definition(schema, SCHEMAS, eventNames);
  for (const answer of answers.values()) all[nameOfAnswer(answer)] = definition(answer, SCHEMAS, eventNames);
  return all;
}

const parameters: JsonObject = {
  user: { description: 'User id (UUID), also the MQTT username.' },
  device: { description: 'Device id (UUID), also the MQTT client id.' },
  conversation: {
    description: 'Conversation id (UUID): for a group, the id of its `group.create` command.',
  },
};

function channelObjects(): JsonObject {
  return Object.fromEntries(
    Object.entries(channels).map(([name, channel]) => [
      name,
      {
        address: channel.address,
        title: channel.title,
        description: channel.description,
        messages: Object.fromEntries(
          channel.messages.map((message) => [message, ref(`components/messages/${message}`)]),
        ),
        parameters: Object.fromEntries(
          [...channel.address.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => [
            parameter!,
            ref(`components/parameters/${parameter}`),
          ]),
        ),
      },
    ]),
  );
}

function operationObjects(): JsonObject {
  const messagesOf = (channel: string, names: readonly string[]): Json =>
    names.map((name) => ref(`channels/${channel}/messages/${name}`));
  return Object.fromEntries(
    Object.entries(operations).map(([name, { action, channel, summary, messages, qos, retain, reply }]) => [
      name,
      {
        action,
        channel: ref(`channels/${channel}`),
        summary,
        messages: messagesOf(channel, messages),
        bindings: { mqtt: { qos, retain, bindingVersion: BINDING } },
        ...(reply === undefined
          ? {}
          : {
              reply: {
                channel: ref(`channels/${reply.channel}`),
                messages: messagesOf(reply.channel, reply.messages),
              },
            }),
      },
    ]),
  );
}

function server(host: string, protocol: string, title: string, pathname?: string): JsonObject {
  return {
    host,
    protocol,
    protocolVersion: '3.1.1',
    title,
    ...(pathname === undefined ? {} : { pathname }),
    security: [ref('components/securitySchemes/device')],
    bindings: { mqtt: { cleanSession: false, keepAlive: 60, bindingVersion: BINDING } },
  };
}

/** The MQTT contract as an AsyncAPI 3.0 document, made of the schemas that the server itself validates with. */
export function asyncapi(): JsonObject {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Dunlin over MQTT',
      version: `${VERSION}.0.0`,
      description:
        'Any MQTT 3.1.1 client is a chat client. Payloads are JSON in UTF-8. A command with an unknown type or field is refused; ' +
        'a client ignores types and fields of events that it does not know. docs/PROTOCOL.md tells it by example, docs/ERRORS.md lists the codes.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
      'x-error-codes': plain(errors),
    },
    defaultContentType: 'application/json',
    servers: {
      mqtt: server('localhost:1883', 'mqtt', 'MQTT over TCP'),
      mqtts: server('localhost:8883', 'secure-mqtt', 'MQTT over TLS'),
      websocket: server('localhost:8080', 'ws', 'MQTT over WebSocket', '/ws'),
    },
    channels: channelObjects(),
    operations: operationObjects(),
    components: {
      messages: messageObjects(),
      schemas: schemaObjects(),
      parameters,
      securitySchemes: {
        device: {
          type: 'userPassword',
          description:
            'Username: the user id. Client id: the device id. Password: the device token. All three come from `POST /register` or `POST /login`.',
        },
      },
    },
  };
}
