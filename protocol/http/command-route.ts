import Type, { type TObject, type TProperties, type TSchema } from 'typebox';
import { type ChangeType, type CommandType, commands, isChange } from '../commands.ts';
import { type EventType, events } from '../events.ts';
import { type CommandBinding, type CommandRoute, JSON_MEDIA, type Method, type Tag } from './route.ts';

/** The event that a change makes: the answer to it. */
export const eventOf: Readonly<Record<ChangeType, EventType>> = {
  'message.send': 'message',
  'message.edit': 'message.edited',
  'message.delete': 'message.deleted',
  'message.react': 'message.reaction',
  'message.hide': 'message.hidden',
  'group.create': 'group.created',
  'group.add': 'members.added',
  'group.remove': 'members.removed',
  'group.leave': 'members.removed',
  'group.update': 'group.updated',
  'group.role': 'member.role',
  'conversation.timer': 'timer.changed',
  'profile.update': 'profile.updated',
  'privacy.update': 'privacy.updated',
  'preferences.update': 'preferences.updated',
  'notifications.update': 'notifications.updated',
  'report.send': 'report.sent',
  'contact.add': 'contact.added',
  'contact.remove': 'contact.removed',
  'block.add': 'block.added',
  'block.remove': 'block.removed',
  'device.rename': 'device.renamed',
  'device.revoke': 'device.revoked',
};

interface More extends Partial<CommandBinding> {
  /** Default: the event that the command makes. */
  answer?: TSchema | null;
  /** Default 200. */
  status?: number;
  summary?: string;
}

/** Who may choose between deleting for everyone and for oneself. */
const For = Type.Optional(
  Type.Union([Type.Literal('everyone'), Type.Literal('me')], { default: 'everyone' }),
);

/**
 * A route that is a command: fields named in the path come from there, the others from the body, or from the query of GET
 * and DELETE. `v` and `type` are what the path says; `id` may be left to the server, except where nothing is changed.
 */
export function commandRoute(
  tag: Tag,
  method: Method,
  path: string,
  type: CommandType,
  more: More = {},
): CommandRoute {
  const { fixed = {}, own = null, forMe = null } = more;
  const { properties, description } = commands[type] as unknown as {
    properties: TProperties;
    description: string;
  };
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
  const rest: TProperties = {};
  for (const [name, schema] of Object.entries(properties)) {
    if (name === 'v' || name === 'type' || name === own || name in fixed || inPath.includes(name)) continue;
    if (name !== 'id') rest[name] = schema;
    else if (method !== 'GET') rest.id = Type.Optional(schema);
  }
  if (forMe !== null) rest.for = For;
  const inQuery = method === 'GET' || method === 'DELETE';
  return {
    method,
    path,
    tag,
    summary: more.summary ?? description,
    auth: 'bearer',
    params: closed(Object.fromEntries(inPath.map((name) => [name, properties[name]!]))),
    query: inQuery ? closed(rest) : null,
    body: inQuery ? null : closed(rest),
    status: more.status ?? 200,
    answer: more.answer === undefined ? madeBy(type, forMe) : more.answer,
    media: JSON_MEDIA,
    codes: [],
    command: { type, fixed, own, forMe },
  };
}

/** The event that answers a change; null for what is no change. */
function madeBy(type: CommandType, forMe: CommandType | null): TSchema | null {
  const made = [type, forMe]
    .filter((one) => one !== null && isChange(one))
    .map((one) => events[eventOf[one]]);
  return made.length > 1 ? Type.Union(made) : (made[0] ?? null);
}

function closed(properties: TProperties): TObject | null {
  return Object.keys(properties).length === 0
    ? null
    : Type.Object(properties, { additionalProperties: false });
}
