/**
 * `kill -9` of the real process between the moment when a mail is promised and the one when it is sent: none is missing, and one that comes
 * twice has the same Message-ID.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { MailReceiver } from '../../services/mail/fixtures/mail-receiver.ts';
import { type Account, login, post, register, request } from '../harness/account.ts';
import { Server } from '../harness/server.ts';

describe('mails of a server that is killed', () => {
  let server: Server;
  let receiver: MailReceiver;
  let alice: Account;
  let port: number;
  before(async () => {
    receiver = await MailReceiver.listening();
    port = receiver.port;
    server = await Server.started({
      flags: [
        `--mail.url=smtp://127.0.0.1:${port}`,
        '--mail.tls=none',
        '--mail.from=chat@example.net',
        '--http.publicUrl=https://chat.example.net',
      ],
    });
    alice = await register(server, 'alice');
  });
  after(async () => {
    await server.dispose();
    await receiver.close();
  });

  const ask = async (email: string) => {
    const body = { email, password: alice.password };
    const answer = await request(server, 'PUT', '/account/email', body, alice.accessToken);
    assert.equal(answer.status, 202, await answer.text());
  };
  const verify = async (index: number) => {
    const token = /\/mail\/verify\/([\w-]+)/.exec(receiver.got[index]!.text)![1];
    assert.equal((await post(server, '/account/email/verify', { token })).status, 204);
  };

  it('are sent after it, whether the mail server was away or had just got them', async () => {
    await receiver.close();
    await ask('away@example.org');
    await server.kill9();
    receiver = await MailReceiver.listening({}, port);
    await server.start();
    await receiver.until(() => receiver.to('away@example.org').length === 1);
    await verify(0);

    const held = Promise.withResolvers<void>();
    const { promise } = held;
    const reached = Promise.withResolvers<void>();
    receiver.refuseData = () => {
      receiver.hold = promise;
      reached.resolve();
      return null;
    };
    await ask('held@example.org');
    await reached.promise;
    await server.kill9();
    receiver.refuseData = () => null;
    receiver.hold = Promise.resolve();
    held.resolve();
    await server.start();
    await receiver.until(() => receiver.to('held@example.org').length === 2);
    const [first, second] = receiver.to('held@example.org');
    assert.equal(first!.headers.get('message-id'), second!.headers.get('message-id'));
    assert.equal(first!.text, second!.text);
    await verify(receiver.got.indexOf(second!));
    const told = () => receiver.to('away@example.org').length === 2;
    await receiver.until(told);
  });

  it('tell of a device that signs in, and from where about', async () => {
    const before = receiver.to('held@example.org').length;
    await login(server, alice);
    await receiver.until(() => receiver.to('held@example.org').length === before + 1);
    const mail = receiver.to('held@example.org')[before]!;
    assert.equal(mail.headers.get('subject'), 'A new device signed in');
    assert.match(mail.text, /Network: \u2068127\.0\.0\.x\u2069/);
    assert.doesNotMatch(server.output, /held@example\.org|mail\/verify\//);
  });
});
