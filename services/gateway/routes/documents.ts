import { asyncapi } from '../../../protocol/docs/asyncapi.ts';
import { openapi } from '../../../protocol/docs/openapi.ts';
import type { Handler } from './handler.ts';

const JSON_TYPE = 'application/json; charset=utf-8';

/** The contract, made of the schemas that this server validates with; once. */
export function documentHandlers(): Record<'openapi' | 'asyncapi', Handler> {
  const texts = { openapi: JSON.stringify(openapi()), asyncapi: JSON.stringify(asyncapi()) };
  return {
    openapi: async (_request, reply) => reply.type(JSON_TYPE).send(texts.openapi),
    asyncapi: async (_request, reply) => reply.type(JSON_TYPE).send(texts.asyncapi),
  };
}
