import { Refused } from '../../../protocol/errors.ts';
import { HookPost } from '../../../protocol/http/hook-post.ts';
import { type HookAnswer, HookBody, hookRoutes, IDEMPOTENCY_KEY } from '../../../protocol/http/hooks.ts';
import { saidIn } from '../../webhooks/incoming/body.ts';
import type { Hook } from '../../webhooks/incoming/store.ts';
import type { GatewayParts } from '../parts.ts';
import { refuse } from '../plugins/problems.ts';
import { asFields, checkOf, refuseUnknown } from './fields.ts';
import { actorOf, type Handler } from './handler.ts';

type Names = 'postToHook' | 'createHook' | 'listHooks' | 'rotateHook' | 'removeHook';

/** Incoming webhooks. */
export function hookHandlers({
  hooks,
  config,
}: Pick<GatewayParts, 'hooks' | 'config'>): Record<Names, Handler> {
  const target = checkOf(hookRoutes.postToHook.params);
  const post = checkOf(HookPost);
  const conversation = checkOf(hookRoutes.createHook.params);
  const one = checkOf(hookRoutes.rotateHook.params);
  const creation = checkOf(HookBody);

  function withUrl({ hook, secret }: { hook: Hook; secret: string }) {
    const path = `/hooks/${hook.id}/${secret}`;
    const url = config.http.publicUrl === '' ? path : new URL(path, config.http.publicUrl).href;
    return { ...answer(hook), url };
  }

  return {
    async postToHook(request, reply) {
      const said = post(request.body);
      const { hook, secret } = target(request.params);
      const key = keyOf(request.headers['idempotency-key']);
      const outcome = await hooks.post(hook, secret, () => saidIn(said), key);
      // Counted by the pipeline, which decided it.
      if (!outcome.ok) return refuse(request, reply, outcome.error, null);
      const { stream, seq, id, time } = outcome.event;
      return reply.code(201).send({ conversation: stream, seq, id, time });
    },
    async createHook(request, reply) {
      const { name } = creation(request.body);
      const made = await hooks.create(actorOf(request), conversation(request.params).conversation, name);
      return reply.code(201).send(withUrl(made));
    },
    async listHooks(request, reply) {
      const list = await hooks.list(actorOf(request), conversation(request.params).conversation);
      return reply.send({ hooks: list.map(answer) });
    },
    async rotateHook(request, reply) {
      refuseUnknown(null, asFields(request.body));
      const { conversation, hook } = one(request.params);
      return reply.code(201).send(withUrl(await hooks.rotate(actorOf(request), conversation, hook)));
    },
    async removeHook(request, reply) {
      refuseUnknown(null, asFields(request.body));
      const { conversation, hook } = one(request.params);
      await hooks.remove(actorOf(request), conversation, hook);
      return reply.code(204).send();
    },
  };
}

/** @throws {Refused} bad_request */
function keyOf(header: string | string[] | undefined): string | null {
  if (header === undefined) return null;
  if (typeof header === 'string' && IDEMPOTENCY_KEY.test(header)) return header;
  throw new Refused('bad_request', 'idempotency-key: 1 to 255 visible characters of ASCII');
}

function answer({ id, conversation, name, speaker, createdBy, createdAt }: Hook): HookAnswer {
  return { id, conversation, name, speaker, created_by: createdBy, created: createdAt };
}
