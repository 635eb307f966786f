import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, LookupFunction } from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { Refused } from '../../protocol/errors.ts';
import type { OutboundFailure, OutboundReason } from './failure.ts';
import { createOutbound, type Outbound, type OutboundOptions } from './outbound.ts';

describe('requests to addresses of users', () => {
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    answer(request, response);
  });
  let port: number;
  const open: Outbound[] = [];
  before(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  });
  after(async () => {
    await Promise.all(open.map((one) => one.close()));
    server.closeAllConnections();
    server.close();
  });

  const outbound = (options: Partial<OutboundOptions> = {}) => {
    const made = createOutbound({ allowPrivate: [], ports: [], ...options });
    open.push(made);
    return made;
  };
  const asking = (url: string) =>
    ({ url, method: 'POST', headers: {}, body: '{}', deadlineMs: 5_000, mostBytes: 1_000 }) as const;
  const fails = (asked: Promise<unknown>, reason: OutboundReason) =>
    assert.rejects(asked, (error: OutboundFailure) => {
      assert.equal(error.reason, reason, String(error.cause));
      return true;
    });
  /** A resolver that answers as it is told, another answer at each call when there are several. */
  const resolver = (...answers: string[][]): LookupFunction => {
    let call = 0;
    return ((_host: string, options: { all?: boolean }, done: (...given: unknown[]) => void) => {
      const addresses = answers[Math.min(call++, answers.length - 1)]!.map((address) => ({
        address,
        family: address.includes(':') ? 6 : 4,
      }));
      if (options.all === true) done(null, addresses);
      else done(null, addresses[0]!.address, addresses[0]!.family);
    }) as unknown as LookupFunction;
  };

  it('do not go to this machine or network, however the address is written', async () => {
    const closed = outbound();
    const before = seen.length;
    for (const host of [
      '127.0.0.1',
      '127.1',
      '2130706433',
      '0x7f000001',
      '0x7f.0.0.1',
      '0177.0.0.1',
      '017700000001',
      '0',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '[::ffff:7f00:1]',
      '[64:ff9b::7f00:1]',
      '[::]',
      '169.254.169.254',
      '[fd00:ec2::254]',
      '１２７.0.0.1',
    ])
      await fails(closed.request(asking(`http://${host}:${port}/`)), 'not_allowed');
    // A name that the machine itself knows.
    await fails(closed.request(asking(`http://localhost:${port}/`)), 'not_allowed');
    assert.equal(seen.length, before);
  });

  it('do not go where a name leads that is private', async () => {
    const before = seen.length;
    for (const address of ['127.0.0.1', '::1', '10.0.0.1', '::ffff:127.0.0.1', '169.254.169.254'])
      await fails(
        outbound({ lookup: resolver([address]) }).request(asking(`http://rebind.example:${port}/`)),
        'not_allowed',
      );
    assert.equal(seen.length, before);
  });

  it('connect to the address that was looked at, and to none beside it', async () => {
    answer = (_, response) => response.end('ok');
    // Asked once more, the name would lead elsewhere; of several addresses only those count that may be asked.
    const answers = resolver(['10.0.0.1', '::1', '127.0.0.1'], ['10.0.0.1']);
    let calls = 0;
    const lookup = ((...given: Parameters<LookupFunction>) => {
      calls++;
      answers(...given);
    }) as LookupFunction;
    const made = outbound({ allowPrivate: ['127.0.0.1'], lookup });
    const { status } = await made.request(asking(`http://rebind.example:${port}/`));
    assert.equal(status, 200);
    assert.equal(calls, 1);
    // Its connection is used again; a new one asks again, and is refused.
    const fresh = outbound({ allowPrivate: ['127.0.0.1'], lookup });
    await fails(fresh.request(asking(`http://rebind.example:${port}/`)), 'not_allowed');
  });

  it('go where the operator allows it: by network, by address, by name', async () => {
    answer = (_, response) => response.end('here');
    for (const [allow, host, lookup] of [
      ['127.0.0.0/8', '127.0.0.1', undefined],
      ['127.0.0.1', '127.0.0.1', undefined],
      ['127.0.0.1', '[::ffff:127.0.0.1]', undefined],
      ['127.0.0.1', 'inside.example', resolver(['127.0.0.1'])],
      ['inside.example', 'inside.example', resolver(['127.0.0.1'])],
    ] as const) {
      const made = outbound({ allowPrivate: [allow], ...(lookup === undefined ? {} : { lookup }) });
      const { status, body } = await made.request(asking(`http://${host}:${port}/`));
      assert.equal(status, 200, `${allow} ${host}`);
      assert.equal(body.toString(), 'here');
    }
    await fails(
      outbound({ allowPrivate: ['inside.example'], lookup: resolver(['127.0.0.1']) }).request(
        asking(`http://other.example:${port}/`),
      ),
      'not_allowed',
    );
  });

  it('follow no redirect', async () => {
    const before = seen.length;
    answer = (request, response) => {
      response.writeHead(request.url === '/' ? 302 : 200, { location: `http://127.0.0.1:${port}/secret` });
      response.end();
    };
    const made = outbound({ allowPrivate: ['127.0.0.1'] });
    const { status, headers } = await made.request(asking(`http://127.0.0.1:${port}/`));
    assert.equal(status, 302);
    assert.ok(headers.location);
    assert.deepEqual(seen.slice(before), ['POST /']);
  });

  it('end at their deadline, whether head or body does not come', async () => {
    const made = outbound({ allowPrivate: ['127.0.0.1'] });
    answer = () => {};
    await fails(made.request({ ...asking(`http://127.0.0.1:${port}/`), deadlineMs: 100 }), 'timeout');
    answer = (_, response) => {
      response.write('x');
    };
    await fails(made.request({ ...asking(`http://127.0.0.1:${port}/`), deadlineMs: 100 }), 'timeout');
  });

  it('read no more of an answer than was asked for, and nothing of a head that is too long', async () => {
    const made = outbound({ allowPrivate: ['127.0.0.1'] });
    answer = (_, response) => {
      // It goes on until it is let go of.
      const more = () => response.write('x'.repeat(10_000)) || response.once('drain', more);
      response.on('close', () => response.removeAllListeners('drain'));
      for (let i = 0; i < 100; i++) response.write('x'.repeat(10_000));
      more();
    };
    const { body, cut } = await made.request(asking(`http://127.0.0.1:${port}/`));
    assert.equal(body.byteLength, 1_000);
    assert.equal(cut, true);
    answer = (_, response) => {
      response.writeHead(200, { long: 'x'.repeat(20_000) });
      response.end();
    };
    await fails(made.request(asking(`http://127.0.0.1:${port}/`)), 'bad_answer');
  });

  it('end when whoever asked does not want them any more', async () => {
    const made = outbound({ allowPrivate: ['127.0.0.1'] });
    const stop = new AbortController();
    answer = () => stop.abort();
    await assert.rejects(made.request({ ...asking(`http://127.0.0.1:${port}/`), signal: stop.signal }));
  });

  it('say that nobody listens', async () => {
    const idle = createServer().listen(0, '127.0.0.1');
    await once(idle, 'listening');
    const gone = (idle.address() as AddressInfo).port;
    await new Promise((resolve) => idle.close(resolve));
    await fails(
      outbound({ allowPrivate: ['127.0.0.1'] }).request(asking(`http://127.0.0.1:${gone}/`)),
      'unreachable',
    );
  });

  it('are told from the URL where that can be seen', () => {
    const made = outbound({ ports: [443, 8443] });
    const refused = (url: string, why: RegExp) =>
      assert.throws(
        () => made.check(url),
        (error: Refused) => error.refusal.code === 'bad_request' && why.test(error.refusal.detail ?? ''),
        url,
      );
    assert.equal(made.check('https://example.org/hook#part').href, 'https://example.org/hook');
    assert.equal(made.check('https://example.org:8443/hook').port, '8443');
    refused('https://example.org:22/', /port 22/);
    refused('http://example.org/', /port 80/);
    refused('ftp://example.org/', /http or https/);
    refused('file:///etc/passwd', /http or https/);
    refused('https://user:secret@example.org/', /user name/);
    refused('https://10.0.0.1/', /not allowed/);
    refused('https://[::1]/', /not allowed/);
    refused('nonsense', /must be a URL/);
    refused(`https://example.org/${'x'.repeat(3_000)}`, /must be a URL/);
  });
});
