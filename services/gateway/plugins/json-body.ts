import { MAX_DEPTH } from '../../../protocol/content.ts';
import { Refused } from '../../../protocol/errors.ts';
import { parseJson } from '../../../protocol/parse.ts';
import type { App } from '../fastify.ts';

/** Names that mean something to objects of JavaScript: no field is called so, and nobody may smuggle one in. */
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

/** Bodies are JSON in UTF-8 or nothing; their size is bounded by `bodyLimit`, their depth here. */
export function jsonBodies(app: App): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (_request: unknown, body: Buffer) => {
      if (body.byteLength === 0) return undefined;
      const { value } = parseJson(body);
      checkShape(value, MAX_DEPTH);
      return value;
    },
  );
}

/** @throws {Refused} too_deep, bad_request */
function checkShape(value: unknown, left: number): void {
  if (typeof value !== 'object' || value === null) return;
  if (left === 0) throw new Refused('too_deep', `at most ${MAX_DEPTH} levels`);
  for (const [name, child] of Object.entries(value)) {
    if (FORBIDDEN.has(name)) throw new Refused('bad_request', `no field may be called ${name}`);
    checkShape(child, left - 1);
  }
}
