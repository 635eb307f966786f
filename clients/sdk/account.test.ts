import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, describe, it } from 'node:test';
import { refusal } from '../../protocol/errors.ts';
import { RefusedError, type Session, Sessions } from './session.ts';
import { MemoryStorage } from './storage.ts';

const address = {
  ...{ email: null, pending: 'ann@example.org', bouncing: false },
  ...{ notices: true, digests: true, language: null },
};
const account = { user: 'u', username: 'u', mail: true, ...address };
const answers: Record<string, [status: number, body: object | null]> = {
  'GET /account': [200, account],
  'PUT /account/email': [202, address],
  'PATCH /account/email': [200, { ...address, digests: false, language: 'ar' }],
  'DELETE /account/email': [204, null],
};

describe('an account and its mail address', () => {
  const asked: string[] = [];
  let sessions: Sessions;
  let good: string;
  /** What everything is refused with. */
  let refused: Parameters<typeof refusal>[0] | null;
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { method, url, headers } = request;
    asked.push(`${method} ${url} ${headers.authorization ?? ''} ${body}`.trim());
    const say = (status: number, what: object | null) =>
      response.writeHead(status).end(what === null ? '' : JSON.stringify(what));
    if (url === '/token/refresh') {
      const tokens = { access_token: good, refresh_token: 'next', device_token: 'd' };
      return say(200, { user: { id: 'u', username: 'u' }, device: { id: 'd1' }, ...tokens });
    }
    if (headers.authorization !== `Bearer ${good}`) return say(401, refusal('token_expired'));
    if (refused !== null) return say(400, refusal(refused));
    return say(...answers[`${method} ${url}`]!);
  });
  const session: Session = {
    ...{ user: 'u', username: 'u', device: 'd1', deviceToken: 'd', accessToken: 'good', refreshToken: 'r' },
  };

  before(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(async () => {
    asked.length = 0;
    good = 'good';
    refused = null;
    const { port } = server.address() as AddressInfo;
    sessions = new Sessions(`http://127.0.0.1:${port}`, new MemoryStorage());
    await sessions.keep(session);
  });

  it('is read, given, changed and forgotten', async () => {
    assert.deepEqual(await sessions.account(session), account);
    assert.deepEqual(await sessions.setEmail(session, 'ann@example.org', 'secret'), address);
    const changed = await sessions.updateEmail(session, { digests: false, language: 'ar' });
    assert.deepEqual(changed, { ...address, digests: false, language: 'ar' });
    assert.equal(await sessions.removeEmail(session), undefined);
    assert.deepEqual(asked, [
      'GET /account Bearer good',
      'PUT /account/email Bearer good {"email":"ann@example.org","password":"secret"}',
      'PATCH /account/email Bearer good {"digests":false,"language":"ar"}',
      'DELETE /account/email Bearer good',
    ]);
  });

  it('is asked for again with a new token, and in the same way, when the old one has expired', async () => {
    good = 'new';
    assert.deepEqual(await sessions.account(session), account);
    assert.deepEqual(asked, [
      'GET /account Bearer good',
      'POST /token/refresh  {"refresh_token":"r"}',
      'GET /account Bearer new',
    ]);
  });

  it('says why where the server refuses', async () => {
    const withCode = (error: unknown) => error instanceof RefusedError && error.refusal.code === refused;
    refused = 'mail_not_configured';
    await assert.rejects(sessions.setEmail(session, 'ann@example.org', 'secret'), withCode);
    await assert.rejects(sessions.removeEmail(session), withCode);
    refused = 'bad_credentials';
    await assert.rejects(sessions.setEmail(session, 'ann@example.org', 'wrong'), withCode);
    refused = 'not_found';
    await assert.rejects(sessions.updateEmail(session, { notices: false }), withCode);
  });
});
