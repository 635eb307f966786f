import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { it } from 'node:test';
import { MemoryStorage, RefusedError, type Session, Sessions } from '../sdk/index.ts';
import { powersOf } from './powers.ts';

const session = {
  user: 'u',
  username: 'alice',
  device: 'd',
  deviceToken: 't',
  accessToken: 'old',
  refreshToken: 'r',
} satisfies Session;

/** A server that knows the token `new`, and gives it to who refreshes. */
async function withServer(test: { after(end: () => void): void }, allowed: boolean) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const { authorization = '' } = request.headers;
    asked.push(`${request.url} ${authorization}`);
    const answer = (status: number, body: object) => response.writeHead(status).end(JSON.stringify(body));
    if (request.url === '/token/refresh')
      return answer(200, {
        user: { id: 'u', username: 'alice' },
        device: { id: 'd' },
        access_token: 'new',
        refresh_token: 'r2',
        device_token: 't2',
      });
    if (authorization !== 'Bearer new')
      return answer(401, { code: 'token_expired', title: 'The token has expired.', retry: false });
    return allowed
      ? answer(201, { code: 'abc', expires: 5 })
      : answer(403, { code: 'forbidden', title: 'You may not do this.', retry: false });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  test.after(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const storage = new MemoryStorage();
  await storage.write([['session', JSON.stringify(session)]]);
  return { asked, powers: powersOf(url, new Sessions(url, storage)) };
}

it('an invitation is made with a token that is good, also when the one here is old', async (test) => {
  const { asked, powers } = await withServer(test, true);
  assert.deepEqual(await powers.invite(false), { code: 'abc', expires: 5 });
  assert.deepEqual(asked, ['/invitations Bearer old', '/token/refresh ', '/invitations Bearer new']);
});

it('who may not invite is told so', async (test) => {
  const { powers } = await withServer(test, false);
  await assert.rejects(
    powers.invite(true),
    (error) => error instanceof RefusedError && error.refusal.code === 'forbidden',
  );
});
