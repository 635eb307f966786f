import type { FastifyReply, FastifyRequest } from 'fastify';
import { uuidv7 } from 'uuidv7';
import {
  type Change,
  type Command,
  type CommandType,
  isChange,
  VERSION,
} from '../../../protocol/commands.ts';
import { Refused } from '../../../protocol/errors.ts';
import { withSequence } from '../../../protocol/events.ts';
import type { CommandBinding, CommandRoute } from '../../../protocol/http.ts';
import { checkCommand } from '../../../protocol/parse.ts';
import type { Actor } from '../../actor.ts';
import { answerText } from '../../queries.ts';
import type { GatewayParts } from '../parts.ts';
import { refuse } from '../plugins/problems.ts';
import { asFields, fromText, refuseUnknown } from './fields.ts';
import { actorOf, type Handler } from './handler.ts';

type Parts = Pick<GatewayParts, 'pipeline' | 'queries' | 'receipts' | 'metrics'>;
const JSON_TYPE = 'application/json; charset=utf-8';

/** The same command as over MQTT, with the same rules; only the way in and the way of answering differ. */
export function commandHandler(route: CommandRoute, parts: Parts): Handler {
  const { metrics, queries, receipts } = parts;
  return async (request, reply) => {
    let result: string = 'internal';
    try {
      const actor = actorOf(request);
      const command = commandOf(route, request, actor);
      request.command = command.id;
      reply.code(route.status);
      if (isChanging(command)) {
        await change(parts, actor, command, request, reply);
        result = request.refusedWith ?? 'accepted';
      } else if (command.type === 'receipt.read') {
        await receipts.read(actor, command);
        reply.send();
        result = 'accepted';
      } else {
        reply.type(JSON_TYPE).send(answerText(await queries.answer(actor, command)));
        result = 'answered';
      }
      return reply;
    } catch (error) {
      if (error instanceof Refused) result = error.refusal.code;
      throw error;
    } finally {
      metrics.commands_total.labels(route.command.type, result).inc();
    }
  };
}

const isChanging = (command: Command): command is Change => isChange(command.type);

/** @throws {Refused} as checkCommand: the one validation that a command gets */
function commandOf(route: CommandRoute, request: FastifyRequest, actor: Actor): Command {
  const { fixed, own } = route.command;
  const body = asFields(request.body);
  const query = fromText(route.query, request.query as Record<string, unknown>);
  refuseUnknown(route.body, body);
  refuseUnknown(route.query, query);
  return checkCommand({
    v: VERSION,
    id: uuidv7(),
    type: typeOf(route.command, query),
    ...body,
    ...query,
    ...fromText(route.params, request.params as Record<string, unknown>),
    ...fixed,
    ...(own === null ? {} : { [own]: actor.user }),
  });
}

/** Takes `for` out of the query, which chooses the command and is no field of it. @throws {Refused} bad_request */
function typeOf({ type, forMe }: CommandBinding, query: Record<string, unknown>): CommandType {
  if (forMe === null) return type;
  const { for: whom = 'everyone' } = query;
  delete query.for;
  if (whom === 'everyone') return type;
  if (whom === 'me') return forMe;
  throw new Refused('bad_request', '/for: must be everyone or me');
}

async function change(
  { pipeline }: Parts,
  actor: Actor,
  command: Change,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const outcome = await pipeline.request(actor, command, JSON.stringify(command));
  if (!outcome.ok) {
    // Counted by the pipeline, which decided it.
    refuse(request, reply, outcome.error, null);
    return;
  }
  const { stream, seq, body } = outcome.event;
  const event = withSequence(seq, body);
  reply
    .type(JSON_TYPE)
    .send(command.type === 'group.create' ? `{"conversation":"${stream}","event":${event}}` : event);
}
