import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Metrics } from '../../../platform/metrics.ts';
import { type Refusal, Refused, refusal } from '../../../protocol/errors.ts';
import { PROBLEM_MEDIA, problemOf } from '../../../protocol/http.ts';
import type { App } from '../fastify.ts';
import type { GatewayParts } from '../parts.ts';
import { allowedMethods } from '../routes/allowed-methods.ts';

const PROBLEM_TYPE = `${PROBLEM_MEDIA}; charset=utf-8`;

/** Everything that is refused or goes wrong is answered as problem+json (RFC 9457), with a code and no internals. */
export function problems(app: App, parts: Pick<GatewayParts, 'logger' | 'metrics' | 'config'>): void {
  const { logger, metrics, config } = parts;

  app.setErrorHandler((error, request, reply) => {
    const why = refusalOf(error, config.limits.packetBytes);
    if (why.code === 'internal') logger.error({ err: error, request: request.id }, 'a request failed');
    return refuse(request, reply, why, metrics);
  });

  app.setNotFoundHandler((request, reply) => {
    const allowed = allowedMethods(request.url);
    if (allowed.length === 0 || allowed.includes(request.method))
      return refuse(request, reply, refusal('not_found'), metrics);
    // RFC 9110 §15.5.6: a 405 says what is allowed.
    reply.header('allow', allowed.join(', '));
    return refuse(request, reply, refusal('method_not_allowed'), metrics);
  });
}

/** Answers with a refusal. `metrics` null: it has been counted where it was decided. */
export function refuse(
  request: FastifyRequest,
  reply: FastifyReply,
  why: Refusal,
  metrics: Metrics | null,
): FastifyReply {
  const problem = problemOf(why);
  request.refusedWith = why.code;
  metrics?.refusals_total.labels(why.code).inc();
  // RFC 9110 §10.2.3, in whole seconds.
  if (why.retry_after_ms !== undefined) reply.header('retry-after', Math.ceil(why.retry_after_ms / 1_000));
  // RFC 9110 §15.5.2: a 401 says how to authenticate; RFC 6750 §3.1: whether a token was seen.
  if (problem.status === 401)
    reply.header(
      'www-authenticate',
      request.headers.authorization === undefined ? 'Bearer' : 'Bearer error="invalid_token"',
    );
  return reply.code(problem.status).type(PROBLEM_TYPE).send(JSON.stringify(problem));
}

function refusalOf(error: unknown, mostBytes: number): Refusal {
  if (error instanceof Refused) return error.refusal;
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown };
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return refusal('too_large', `at most ${mostBytes} bytes`);
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    case 'FST_ERR_CTP_EMPTY_TYPE':
      return refusal('bad_request', 'content-type: must be application/json');
  }
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) return refusal('bad_request');
  return refusal('internal');
}

/** For what is no request at all, or has a path that cannot be read. */
export function answerBadBytes(to: ServerResponse | Duplex): void {
  const body = JSON.stringify(problemOf(refusal('bad_request')));
  if ('writeHead' in to) {
    to.writeHead(400, { 'content-type': PROBLEM_TYPE, 'x-content-type-options': 'nosniff' });
    to.end(body);
    return;
  }
  if (!to.writable) {
    to.destroy();
    return;
  }
  to.end(rawProblem(refusal('bad_request')));
}

/** A whole HTTP response, for sockets that have no response object. */
export function rawProblem(why: Refusal): string {
  const problem = problemOf(why);
  const body = JSON.stringify(problem);
  return [
    `HTTP/1.1 ${problem.status} ${why.code}`,
    'Connection: close',
    `Content-Type: ${PROBLEM_TYPE}`,
    ...(why.retry_after_ms === undefined ? [] : [`Retry-After: ${Math.ceil(why.retry_after_ms / 1_000)}`]),
    `Content-Length: ${Buffer.byteLength(body)}`,
    'X-Content-Type-Options: nosniff',
    '',
    body,
  ].join('\r\n');
}
