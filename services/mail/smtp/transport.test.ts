import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { after, afterEach, before, describe, it } from 'node:test';
import tls from 'node:tls';
import { makeCertificates } from '../../../certs/certificates.ts';
import { MailReceiver } from '../fixtures/mail-receiver.ts';
import { sampleLetter, sampleSettings } from '../fixtures/samples.ts';
import type { MailSettings } from '../settings.ts';
import { type MailTransport, smtpTransport } from './transport.ts';

const posted = { id: 'a1', to: 'ann@example.org', letter: sampleLetter(), date: 1_795_000_000_000 };
const never = new AbortController().signal;

describe('the server that takes our mail', () => {
  let receiver: MailReceiver | null = null;
  let transport: MailTransport | null = null;
  let certificates: Awaited<ReturnType<typeof makeCertificates>>;
  const trusted = tls.getCACertificates('default');
  before(async () => {
    certificates = await makeCertificates(['localhost', '127.0.0.1']);
  });
  afterEach(async () => {
    transport?.close();
    await receiver?.close();
    tls.setDefaultCACertificates(trusted);
    [receiver, transport] = [null, null];
  });
  after(() => tls.setDefaultCACertificates(trusted));

  const trust = () => tls.setDefaultCACertificates([...trusted, certificates.ca]);
  const withTls = () => ({ cert: certificates.chain, key: certificates.key });
  const sends = (url: string, more: Partial<MailSettings> = {}) => {
    transport = smtpTransport(sampleSettings({ url, ...more }));
    return transport.send(posted, never);
  };

  it('gets the mail by STARTTLS, from who has signed in', async () => {
    trust();
    receiver = await MailReceiver.listening({
      ...withTls(),
      authOptional: false,
      onAuth: ({ username, password }, _session, done) =>
        username === 'dun lin' && password === 'p@ss:word'
          ? done(null, { user: username })
          : done(new Error('no')),
    });
    const url = `smtp://${encodeURIComponent('dun lin')}:${encodeURIComponent('p@ss:word')}@127.0.0.1:${receiver.port}`;
    assert.deepEqual(await sends(url), { outcome: 'taken' });
    const [mail] = receiver.got;
    assert.deepEqual(
      [mail!.secure, mail!.user, mail!.from, mail!.to],
      [true, 'dun lin', 'chat@example.net', [posted.to]],
    );
    assert.equal(mail!.headers.get('message-id'), '<a1@example.net>');
    assert.equal(mail!.headers.get('date'), new Date(posted.date).toUTCString().replace('GMT', '+0000'));
    assert.equal(mail!.headers.get('auto-submitted'), 'auto-generated');
    assert.equal(mail!.headers.get('from'), 'The Harbour <chat@example.net>');
    assert.equal(mail!.headers.has('x-mailer'), false);
  });

  it('gets nothing in clear where TLS is required, and nothing under a certificate that nobody vouches for', async () => {
    receiver = await MailReceiver.listening({ hideSTARTTLS: true, disabledCommands: ['STARTTLS'] });
    const plain = await sends(`smtp://127.0.0.1:${receiver.port}`);
    assert.equal(plain.outcome, 'trouble');
    assert.equal(receiver.got.length, 0);
    transport!.close();
    assert.deepEqual(await sends(`smtp://127.0.0.1:${receiver.port}`, { tls: 'none' }), { outcome: 'taken' });
    transport!.close();
    await receiver.close();

    receiver = await MailReceiver.listening(withTls());
    const unknown = await sends(`smtp://127.0.0.1:${receiver.port}`);
    assert.equal(unknown.outcome, 'trouble');
    assert.equal(receiver.got.length, 0);
  });

  it('is smtps:// too', async () => {
    trust();
    receiver = await MailReceiver.listening({ ...withTls(), secure: true });
    assert.deepEqual(await sends(`smtps://127.0.0.1:${receiver.port}`), { outcome: 'taken' });
    assert.equal(receiver.got[0]!.secure, true);
  });

  const plain = (port: number, more: Partial<MailSettings> = {}) =>
    sends(`smtp://127.0.0.1:${port}`, { tls: 'none', ...more });

  it('may refuse a recipient or a mail, for now or for good', async () => {
    receiver = await MailReceiver.listening();
    const outcomes: unknown[] = [];
    for (const [where, status] of [
      ['refuseRecipient', 450],
      ['refuseRecipient', 550],
      ['refuseData', 452],
      ['refuseData', 554],
    ] as const) {
      receiver[where] = () => status;
      outcomes.push(await plain(receiver.port));
      receiver[where] = () => null;
      transport!.close();
    }
    assert.deepEqual(outcomes, [
      { outcome: 'later', reason: '450' },
      { outcome: 'refused', reason: '550' },
      { outcome: 'later', reason: '452' },
      { outcome: 'refused', reason: '554' },
    ]);
  });

  it('refusing us, and not the mail, is in trouble: also when it says for good', async () => {
    receiver = await MailReceiver.listening();
    receiver.refuseSender = () => 550;
    assert.deepEqual(await plain(receiver.port), { outcome: 'trouble', reason: '550' });
    transport!.close();
    await receiver.close();
    receiver = await MailReceiver.listening({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: (_auth, _session, done) => done(new Error('no')),
    });
    assert.deepEqual(await sends(`smtp://ann:wrong@127.0.0.1:${receiver.port}`, { tls: 'none' }), {
      outcome: 'trouble',
      reason: '535',
    });
  });

  it('is in trouble when it is not there, hangs up, or says nothing until the deadline', async () => {
    receiver = await MailReceiver.listening();
    const { port } = receiver;
    receiver.cut = true;
    assert.equal((await plain(port)).outcome, 'trouble');
    transport!.close();
    await receiver.close();
    receiver = null;
    assert.equal((await plain(port)).outcome, 'trouble');
    transport!.close();

    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const url = `smtp://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    transport = smtpTransport(sampleSettings({ url, tls: 'none' }));
    const deadline = new AbortController();
    const sending = transport.send(posted, deadline.signal);
    await once(silent, 'connection');
    deadline.abort();
    assert.equal((await sending).outcome, 'trouble');
    silent.close();
  });
});
