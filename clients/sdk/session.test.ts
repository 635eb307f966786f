import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, describe, it } from 'node:test';
import { refusal } from '../../protocol/errors.ts';
import { RefusedError, type Session, Sessions } from './session.ts';
import { MemoryStorage } from './storage.ts';

const user = '01940000-0000-7000-8000-0000000a11ce';
const device = '01940000-0000-7000-8000-00a11ce0d001';

interface Answer {
  status: number;
  body: string;
}
interface Request {
  path: string;
  body: unknown;
  authorization: string | undefined;
}

const json = (status: number, body: object): Answer => ({ status, body: JSON.stringify(body) });
const problem = (...of: Parameters<typeof refusal>) => {
  const error = refusal(...of);
  return json(401, { type: `urn:dunlin:error:${error.code}`, title: error.message, status: 401, ...error });
};

/** A server with refresh tokens that are good for one use, as Dunlin's are: `r1`, `r2`, … */
describe('sessions', () => {
  let server: Server;
  let base: string;
  let asked: Request[] = [];
  let generation = 1;
  /** What is answered in place of what the server would answer. */
  let instead: ((request: Request) => Answer | 'hang up' | null) | null = null;

  const tokens = (status: number) =>
    json(status, {
      user: { id: user, username: 'alice' },
      device: { id: device },
      access_token: `a${generation}`,
      refresh_token: `r${generation}`,
      device_token: `d${generation}`,
    });

  function answer(request: Request): Answer {
    switch (request.path) {
      case '/register':
        return tokens(201);
      case '/login':
        return tokens(200);
      case '/token/refresh': {
        if ((request.body as { refresh_token: string }).refresh_token !== `r${generation}`)
          return problem('token_reused');
        generation++;
        return tokens(200);
      }
      case '/logout':
        return request.authorization === `Bearer a${generation}`
          ? { status: 204, body: '' }
          : problem('token_expired');
      case '/password':
      case '/invitations':
        if (request.authorization !== `Bearer a${generation}`) return problem('token_expired');
        if (request.path === '/invitations') return json(201, { code: 'one', expires: 5 });
        return (request.body as { current_password: string }).current_password === 'old'
          ? { status: 204, body: '' }
          : problem('bad_credentials');
      default:
        return problem('not_found');
    }
  }

  async function read(request: IncomingMessage): Promise<Request> {
    let text = '';
    for await (const chunk of request) text += chunk;
    return {
      path: request.url ?? '',
      body: text === '' ? undefined : JSON.parse(text),
      authorization: request.headers.authorization,
    };
  }

  before(async () => {
    server = createServer(async (request, response) => {
      const what = await read(request);
      asked.push(what);
      const given = instead?.(what) ?? answer(what);
      if (given === 'hang up') return void response.destroy();
      response.writeHead(given.status, { 'content-type': 'application/json' }).end(given.body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    asked = [];
    generation = 1;
    instead = null;
  });

  async function signedIn(): Promise<{ sessions: Sessions; session: Session; storage: MemoryStorage }> {
    const storage = new MemoryStorage();
    const sessions = new Sessions(`${base}/`, storage);
    const session = await sessions.register('alice', 'correct horse', { device: 'test', invitation: 'i' });
    asked = [];
    return { sessions, session, storage };
  }

  it('register and log in, and are there after a restart', async () => {
    const storage = new MemoryStorage();
    const sessions = new Sessions(base, storage);
    assert.equal(await sessions.stored(), null);
    const session = await sessions.login('alice', 'correct horse', { device: 'phone' });
    assert.deepEqual(asked[0], {
      path: '/login',
      body: { username: 'alice', password: 'correct horse', device: 'phone' },
      authorization: undefined,
    });
    const expected = {
      user,
      username: 'alice',
      device,
      deviceToken: 'd1',
      accessToken: 'a1',
      refreshToken: 'r1',
    };
    assert.deepEqual(session, expected);
    assert.deepEqual(await new Sessions(base, storage).stored(), expected);
    for (const [, value] of await storage.list('')) assert.doesNotMatch(value, /correct horse/);
  });

  it('exchange the refresh token, and keep the new one', async () => {
    const { sessions, session } = await signedIn();
    const renewed = await sessions.refresh(session);
    assert.equal(renewed.deviceToken, 'd2');
    assert.deepEqual(await sessions.stored(), renewed);
    assert.equal((await sessions.refresh(renewed)).refreshToken, 'r3');
  });

  it('never use a refresh token twice, however many want a new one', async () => {
    const { sessions, session } = await signedIn();
    const all = await Promise.all([1, 2, 3].map(() => sessions.refresh(session)));
    assert.equal(asked.length, 1);
    // And one who comes later with what has been exchanged gets what it was exchanged for.
    all.push(await sessions.refresh(session));
    assert.equal(asked.length, 1);
    for (const { refreshToken } of all) assert.equal(refreshToken, 'r2');
  });

  it('two of one storage do not use it twice either', async () => {
    const { sessions, session, storage } = await signedIn();
    await sessions.refresh(session);
    assert.equal((await new Sessions(base, storage).refresh(session)).refreshToken, 'r2');
    assert.equal(asked.length, 1);
  });

  it('can try again after a refresh that did not get through', async () => {
    const { sessions, session } = await signedIn();
    instead = () => 'hang up';
    await assert.rejects(sessions.refresh(session), (error: unknown) => !(error instanceof RefusedError));
    instead = null;
    assert.equal((await sessions.refresh(session)).refreshToken, 'r2');
  });

  it('say why they were refused', async () => {
    const { sessions, session } = await signedIn();
    instead = () => problem('rate_limited', 'logins', 1_500);
    await assert.rejects(sessions.login('alice', 'x'), (error: unknown) => {
      assert.ok(error instanceof RefusedError);
      assert.deepEqual(error.refusal, refusal('rate_limited', 'logins', 1_500));
      return true;
    });
    instead = () => problem('token_reused');
    await assert.rejects(
      sessions.refresh(session),
      (error: unknown) => (error as RefusedError).refusal.code === 'token_reused',
    );
  });

  it('do not take for a refusal what is not of the contract: a proxy, an error page, half an answer', async () => {
    const { sessions, session } = await signedIn();
    for (const given of [
      json(502, { error: 'bad gateway' }),
      json(401, { code: 17 }),
      json(401, { code: 'unauthenticated' }),
      { status: 503, body: '<html>' },
      { status: 401, body: '' },
      { status: 500, body: 'null' },
      { status: 200, body: '{' },
      { status: 200, body: 'null' },
    ]) {
      instead = () => given;
      await assert.rejects(
        sessions.refresh(session),
        (error: unknown) => !(error instanceof RefusedError),
        given.body,
      );
    }
    assert.deepEqual(await sessions.stored(), session, 'and forget nothing for it');
  });

  it('take a code that is newer than they are', async () => {
    const { sessions } = await signedIn();
    instead = () => json(409, { code: 'of_tomorrow', message: 'New.', retry: false });
    await assert.rejects(sessions.login('alice', 'x'), (error: unknown) => error instanceof RefusedError);
  });

  it('log out, also with an access token that has expired', async () => {
    const { sessions, session } = await signedIn();
    await sessions.logout({ ...session, accessToken: 'of yesterday' });
    assert.deepEqual(
      asked.map(({ path, authorization }) => [path, authorization]),
      [
        ['/logout', 'Bearer of yesterday'],
        ['/token/refresh', undefined],
        ['/logout', 'Bearer a2'],
      ],
    );
    assert.equal(await sessions.stored(), null);
  });

  it('change the password and invite, also with an access token that has expired', async () => {
    const { sessions, session } = await signedIn();
    await sessions.refresh(session);
    asked = [];
    await sessions.changePassword(session, 'old', 'new');
    assert.deepEqual(asked.at(-1), {
      path: '/password',
      body: { current_password: 'old', new_password: 'new' },
      authorization: 'Bearer a2',
    });
    assert.deepEqual(await sessions.invite(session, { admin: true }), { code: 'one', expires: 5 });
    assert.deepEqual(asked.at(-1)?.body, { admin: true });
    await assert.rejects(
      sessions.changePassword(session, 'not this one', 'new'),
      (error: unknown) => error instanceof RefusedError && error.refusal.code === 'bad_credentials',
    );
  });

  it('keep a session where what was kept beside it has gone', async () => {
    const { session } = await signedIn();
    const storage = new MemoryStorage();
    await new Sessions(base, storage).keep(session);
    assert.deepEqual(await new Sessions(base, storage).stored(), session);
  });

  it('forget the session when logging out, also when the server cannot be reached', async () => {
    const { sessions, session } = await signedIn();
    instead = () => 'hang up';
    await assert.rejects(sessions.logout(session));
    assert.equal(await sessions.stored(), null);
  });
});
