import type { TObject, TSchema } from 'typebox';
import { type ErrorCode, errors } from '../errors.ts';
import { events } from '../events.ts';
import * as answers from '../http/answers.ts';
import { Problem } from '../http/problem.ts';
import { InvitationAnswer, SignInAnswer } from '../http/sign-in.ts';
import { codesOf, PROBLEM_MEDIA, type Route, routes, tags } from '../http.ts';
import { type Json, type JsonObject, namedSchemas, plain, withRefs } from './schema-refs.ts';

const SCHEMAS = '#/components/schemas';
const BEARER = 'accessToken';

/** The schemas of answers, by their titles: written once, and referred to. */
const components = new Map<string, TSchema>(
  [...Object.values(events), ...Object.values(answers), SignInAnswer, InvitationAnswer, Problem].map(
    (schema) => [(schema as { title?: string }).title!, schema],
  ),
);

/** The HTTP contract as an OpenAPI 3.1 document, made of the table that the gateway serves. */
export function openapi(): JsonObject {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Dunlin over HTTP',
      version: '1',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      description:
        'Everything here that changes or asks something about messages, groups and people is the MQTT command of the same fields ' +
        '(see the AsyncAPI document), with the same rules. A 2xx means durable. `id` makes a request idempotent: the same id of the same user ' +
        'is answered with the first result for ever; without it the server makes one, and the answer carries it. Unknown fields are refused in ' +
        'requests; ignore those that you do not know in answers. MQTT over WebSocket is at `/ws` and `/mqtt`.',
    },
    servers: [{ url: '/' }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths: paths(),
    components: {
      schemas: schemas(),
      securitySchemes: { [BEARER]: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  };
}

function paths(): JsonObject {
  const all: Record<string, JsonObject> = {};
  for (const [name, route] of Object.entries(routes)) {
    all[route.path] ??= {};
    all[route.path]![route.method.toLowerCase()] = operation(name, route);
  }
  return all;
}

function operation(name: string, route: Route): JsonObject {
  const parameters = [...parametersOf('path', route.params), ...parametersOf('query', route.query)];
  return {
    operationId: name,
    tags: [route.tag],
    summary: route.summary,
    ...(route.auth === 'bearer' ? { security: [{ [BEARER]: [] }] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body === null ? {} : { requestBody: bodyOf(route.body) }),
    ...(route.stream === undefined ? {} : { requestBody: streamOf(route.stream) }),
    responses: { [String(route.status)]: success(route), ...refusals(codesOf(route)), ...readiness(route) },
  };
}

function parametersOf(where: 'path' | 'query', schema: TObject | null): JsonObject[] {
  if (schema === null) return [];
  const { properties, required = [] } = schema as unknown as {
    properties: Record<string, TSchema>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, field]) => {
    const { description } = field as { description?: string };
    return {
      name,
      in: where,
      required: where === 'path' || required.includes(name),
      ...(description === undefined ? {} : { description }),
      schema: referring(field),
    };
  });
}

function bodyOf(schema: TObject): JsonObject {
  const { required = [] } = schema as unknown as { required?: string[] };
  return { required: required.length > 0, content: { 'application/json': { schema: referring(schema) } } };
}

function streamOf(stream: NonNullable<Route['stream']>): JsonObject {
  const content = Object.entries(stream).map(([type, schema]) => [type, { schema: referring(schema) }]);
  return { required: true, content: Object.fromEntries(content) };
}

function success(route: Route): JsonObject {
  if (route.answer === null) return { description: 'Done.' };
  return { description: 'Done.', content: { [route.media]: { schema: referring(route.answer) } } };
}

/** The one refusal that is no problem: whoever asks wants the reasons. */
function readiness(route: Route): JsonObject {
  if (route !== routes.readyz) return {};
  return {
    503: { description: 'Not ready.', content: { [route.media]: { schema: referring(route.answer) } } },
  };
}

/** One response a status, with the codes that it may carry. */
function refusals(codes: readonly ErrorCode[]): JsonObject {
  const byStatus = Map.groupBy(codes, (code) => errors[code].status);
  return Object.fromEntries(
    [...byStatus]
      .sort(([a], [b]) => a - b)
      .map(([status, some]): [string, JsonObject] => [
        String(status),
        {
          description: some.map((code) => `\`${code}\``).join(', '),
          content: {
            [PROBLEM_MEDIA]: {
              schema: { $ref: `${SCHEMAS}/Problem`, properties: { code: { enum: [...some] } } },
            },
          },
        },
      ]),
  );
}

function schemas(): JsonObject {
  const all = namedSchemas(SCHEMAS);
  for (const [title, schema] of components) all[title] = referring(schema, title);
  return all;
}

/** The schema with every part that is a component replaced by a reference to it; `self` is not replaced by itself. */
function referring(schema: unknown, self?: string): JsonObject {
  return withRefs(replaceTitled(plain(schema), self), SCHEMAS);
}

function replaceTitled(value: Json, self?: string): Json {
  if (Array.isArray(value)) return value.map((child) => replaceTitled(child));
  if (typeof value !== 'object' || value === null) return value;
  const { title } = value;
  if (typeof title === 'string' && title !== self && components.has(title))
    return { $ref: `${SCHEMAS}/${title}` };
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, replaceTitled(child)]));
}
