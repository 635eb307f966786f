/** What no client of ours sends: it is refused with a code, and never a mistake of the server’s (500). */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { type Route, routes } from '../../protocol/http.ts';
import type { Answer } from './fixtures/answer.ts';
import { type Person, register } from './fixtures/person.ts';
import { gatewayStage, type Stage } from './fixtures/stage.ts';

const id = '01890000-0000-7000-8000-000000000001';
const RUNS = 40;

describe('hostile requests', () => {
  let stage: Stage;
  let anna: Person;
  let group: string;

  before(async () => {
    stage = await gatewayStage((config) => {
      config.limits.httpRequestsPerMinuteIp = 0;
      config.limits.commandsPerSecondUser = 0;
    });
    // What is revoked, logged out or changed by chance is of this one; the password is never guessed.
    anna = await register(stage.app, 'anna');
    group = (await anna.ask('POST', '/groups/create', { name: 'Rowing' })).body.conversation;
  });
  after(() => stage.dispose());

  const noMistake = (answer: Answer) => assert.notEqual(answer.status, 500, answer.text);
  const fill = (path: string) =>
    path
      .replaceAll('{seq}', '1')
      .replaceAll('{conversation}', group)
      .replaceAll(/\{\w+\}/g, id);

  /** Fields of the route with values of any kind, so that more than the first check is reached. */
  function bodies(route: Route): fc.Arbitrary<unknown> {
    const names = Object.keys(route.body?.properties ?? {});
    const value = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(
        id,
        '',
        'x',
        0,
        -1,
        1e300,
        null,
        [],
        {},
        [id],
        { user: id },
        { type: 'text', text: 'x' },
      ),
      fc.string({ unit: 'binary' }),
    );
    const likely = fc.dictionary(names.length === 0 ? fc.string() : fc.constantFrom(...names), value, {
      maxKeys: 6,
    });
    // An id that was used before is answered with what it made then, whatever it is sent to.
    return fc.oneof(likely, fc.jsonValue()).filter((body) => (body as { id?: unknown } | null)?.id !== id);
  }

  for (const [name, route] of Object.entries(routes)) {
    if (name === 'logout' || name === 'register') continue;

    it(`${name}: any JSON`, async () => {
      await fc.assert(
        fc.asyncProperty(bodies(route), async (body) => {
          noMistake(
            await anna.ask(route.method, fill(route.path), route.method === 'GET' ? undefined : body),
          );
        }),
        { numRuns: RUNS },
      );
    });

    it(`${name}: any path and query`, async () => {
      const part = fc.oneof(
        fc.string({ unit: 'binary', maxLength: 120 }),
        fc.constantFrom(id, '%', '%00', '%2f', '1'),
      );
      await fc.assert(
        fc.asyncProperty(part, part, part, async (a, key, value) => {
          const encode = (text: string) =>
            text.startsWith('%') ? text : encodeURIComponent(text.toWellFormed());
          const path = route.path.replaceAll(/\{\w+\}/g, encode(a));
          noMistake(
            await anna.ask(route.method, `${path}?${encode(key)}=${encode(value)}&for=me&limit=${encode(a)}`),
          );
        }),
        { numRuns: RUNS },
      );
    });
  }

  const send = (body: string | Buffer, headers = {}) => anna.ask('POST', '/messages/send', body, headers);
  const withContent = (content: string) => `{"to":{"user":"${anna.id}"},"content":${content}}`;
  const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
  const refusals: [string, () => Promise<Answer>, string][] = [
    ['nothing', () => send(''), 'bad_request'],
    ['no JSON', () => send('hello'), 'bad_json'],
    ['a truncated one', () => send(withContent('{"type":"text"').slice(0, -1)), 'bad_json'],
    ['a list', () => send('[1]'), 'bad_json'],
    ['text', () => send('"text"'), 'bad_json'],
    ['invalid UTF-8', () => send(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])), 'bad_json'],
    ['a byte order mark', () => send(Buffer.from('\ufeff{}')), 'bad_json'],
    ['too deep', () => send(withContent(`{"type":"blob","x":${nested(20)}}`)), 'too_deep'],
    ['very deep', () => send(nested(40_000)), 'too_deep'],
    ['too large', () => send(withContent(`{"type":"text","text":"${'x'.repeat(100_000)}"}`)), 'too_large'],
    [
      'too large a content',
      () => send(withContent(`{"type":"blob","x":"${'x'.repeat(70_000)}"}`)),
      'too_large',
    ],
    ['__proto__', () => send(withContent('{"type":"blob","__proto__":{"admin":true}}')), 'bad_request'],
    ['constructor', () => send(withContent('{"type":"blob","a":[{"constructor":1}]}')), 'bad_request'],
    ['a form', () => send('a=1', { 'content-type': 'application/x-www-form-urlencoded' }), 'bad_request'],
    ['plain text', () => send('{}', { 'content-type': 'text/plain' }), 'bad_request'],
    ['no such thing as a content type', () => send('{}', { 'content-type': 'nonsense' }), 'bad_request'],
    [
      'a token that is none',
      () => anna.ask('GET', '/devices', undefined, { authorization: 'Bearer a b' }),
      'unauthenticated',
    ],
    [
      'another scheme',
      () => anna.ask('GET', '/devices', undefined, { authorization: `Basic ${anna.token}` }),
      'unauthenticated',
    ],
    [
      'the refresh token',
      () => anna.ask('GET', '/devices', undefined, { authorization: `Bearer ${anna.signIn.refresh_token}` }),
      'unauthenticated',
    ],
    [
      'a device token',
      () => anna.ask('GET', '/devices', undefined, { authorization: `Bearer ${anna.signIn.device_token}` }),
      'unauthenticated',
    ],
    [
      'a token with another end',
      () =>
        anna.ask('GET', '/devices', undefined, { authorization: `Bearer ${anna.token!.slice(0, -4)}AAAA` }),
      'unauthenticated',
    ],
    ['an unknown path', () => anna.ask('GET', '/nothing/here'), 'not_found'],
    ['a path with a slash too many', () => anna.ask('GET', '/devices/'), 'not_found'],
    ['a method that is not taken', () => anna.ask('PUT', '/messages/send', {}), 'method_not_allowed'],
  ];
  for (const [what, ask, code] of refusals) {
    it(`refuses ${what}: ${code}`, async () => {
      assert.equal((await ask()).body.code, code);
    });
  }

  it('says what a path takes', async () => {
    const answer = await anna.ask('POST', `/messages/${id}/1/reaction`, {});
    assert.deepEqual([answer.status, answer.headers.allow], [405, 'PUT, DELETE']);
    assert.equal((await anna.ask('OPTIONS', '/profile')).headers.allow, 'GET, PATCH, HEAD');
  });
});
