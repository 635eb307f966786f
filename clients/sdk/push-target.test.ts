import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { PushTarget as Published } from '../../protocol/http/push.ts';
import { MemoryStorage, type PushTarget, RefusedError, type Session, Sessions } from './index.ts';

/** The compiler holds the SDK's own words against the contract, both ways. */
type Same<A, B> = [A, B] extends [B, A] ? true : never;
const same: Same<PushTarget, Published> = true;

describe('push of a device', () => {
  const asked: string[] = [];
  let good = 'good';
  let sessions: Sessions;
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    const { method, url, headers } = request;
    asked.push(`${method} ${url} ${headers.authorization ?? ''} ${body}`.trim());
    const refuse = (code: string) =>
      response.writeHead(401).end(JSON.stringify({ code, retry: false, message: code }));
    if (url === '/token/refresh') {
      const tokens = { access_token: good, refresh_token: 'next', device_token: 'd' };
      return response.end(
        JSON.stringify({ user: { id: 'u', username: 'u' }, device: { id: 'd1' }, ...tokens }),
      );
    }
    if (headers.authorization !== `Bearer ${good}`) return refuse('token_expired');
    if (body.includes('127.0.0.1')) return refuse('bad_request');
    response.writeHead(method === 'PUT' ? 200 : method === 'DELETE' ? 204 : 202);
    return response.end(method === 'PUT' ? '{}' : '');
  });
  const session: Session = {
    ...{ user: 'u', username: 'u', device: 'd1', deviceToken: 'd', accessToken: 'good', refreshToken: 'r' },
  };
  const route: PushTarget = { kind: 'webpush', endpoint: 'https://push.example/1', p256dh: 'p', auth: 'a' };

  before(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    sessions = new Sessions(
      `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      new MemoryStorage(),
    );
    await sessions.keep(session);
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  it('is registered, tried and taken back', async () => {
    assert.ok(same);
    await sessions.setPush(session, [route]);
    await sessions.testPush(session);
    await sessions.setPush(session, []);
    assert.deepEqual(asked.splice(0), [
      `PUT /devices/d1/push Bearer good ${JSON.stringify({ routes: [route] })}`,
      'POST /devices/d1/push/test Bearer good',
      'DELETE /devices/d1/push Bearer good',
    ]);
  });

  it('is asked again with a new token, and in the same way, when the old one has expired', async () => {
    good = 'new';
    await sessions.setPush(session, [route]);
    const body = JSON.stringify({ routes: [route] });
    assert.deepEqual(asked.splice(0), [
      `PUT /devices/d1/push Bearer good ${body}`,
      'POST /token/refresh  {"refresh_token":"r"}',
      `PUT /devices/d1/push Bearer new ${body}`,
    ]);
  });

  it('says why where the server does not send there', async () => {
    const there: PushTarget = { kind: 'unifiedpush', endpoint: 'http://127.0.0.1/x' };
    await assert.rejects(
      sessions.setPush({ ...session, accessToken: 'new' }, [there]),
      (error) => error instanceof RefusedError && error.refusal.code === 'bad_request',
    );
  });
});
