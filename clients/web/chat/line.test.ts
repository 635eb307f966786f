import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { refusal } from '../../../protocol/errors.ts';
import { RefusedError } from '../../sdk/session.ts';
import type { Answer, Push, Request } from '../host/contract.ts';
import type { Port } from '../host/port.ts';
import { Line } from './line.ts';

/** Hosts that a test plays, one after the other. */
function stage(t: import('node:test').TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const hosts: {
    shared: boolean;
    closed: boolean;
    asked: Request[];
    answer(message: Answer | Push): void;
  }[] = [];
  const line = new Line((shared) => {
    const asked: Request[] = [];
    const port: Port = {
      post: (message) => asked.push(message as Request),
      onMessage: () => {},
      close: () => {
        host.closed = true;
      },
    };
    const host = {
      shared,
      closed: false,
      asked,
      answer: (message: Answer | Push) => port.onMessage(message),
    };
    hosts.push(host);
    return port;
  });
  const welcome = async (at: number) => {
    for (let waited = 0; hosts[at] === undefined && waited < 50; waited++) await turn();
    const host = hosts[at]!;
    const hello = host.asked.find(({ method }) => method === 'hello')!;
    host.answer({ id: hello.id, value: { host: null, account: null } });
    await turn();
    return host;
  };
  return { line, hosts, welcome };
}

describe('a page’s line to its host', () => {
  it('asks when there is a host, and hears the answer, or why not', async (t) => {
    const { line, welcome } = stage(t);
    const early = line.ask('ping');
    void line.connect();
    const host = await welcome(0);
    const ping = host.asked.find(({ method }) => method === 'ping')!;
    host.answer({ id: ping.id, value: null });
    assert.equal(await early, null);
    const refused = line.ask('retry', 'x');
    host.answer({ id: host.asked.at(-1)!.id, failure: { name: 'refused', refusal: refusal('forbidden') } });
    await assert.rejects(
      refused,
      (error) => error instanceof RefusedError && error.refusal.code === 'forbidden',
    );
  });

  it('looks for the next host when one is silent, and asks it again what does no harm twice', async (t) => {
    const { line, hosts, welcome } = stage(t);
    void line.connect();
    const first = await welcome(0);
    const query = line.ask('query', 'devices.list', {});
    const sent = line.ask('send', { user: 'bob' }, 'once', { id: 'm1' });
    const login = line.ask('login', 'bob', 'secret', {});
    const checked = line.check();
    t.mock.timers.tick(5_000);
    await assert.rejects(login, /host has gone/);
    assert.ok(first.closed);
    t.mock.timers.tick(500);
    const second = await welcome(1);
    const again = second.asked.filter(({ method }) => method !== 'hello');
    assert.deepEqual(
      again.map(({ method }) => method),
      ['query', 'send', 'ping'],
    );
    assert.deepEqual(again[1]!.given, [{ user: 'bob' }, 'once', { id: 'm1' }]);
    for (const { id } of again) second.answer({ id, value: 'here' });
    assert.equal(await query, 'here');
    assert.equal(await sent, 'here');
    await checked;
    assert.equal(hosts.length, 2);
  });

  it('takes a host of its own when shared ones do not answer', async (t) => {
    const { line, hosts } = stage(t);
    void line.connect();
    for (let at = 0; at < 3; at++) {
      for (let waited = 0; hosts[at] === undefined && waited < 50; waited++) await turn();
      if (at === 2) break;
      t.mock.timers.tick(10_000);
      await turn();
      t.mock.timers.tick(500);
    }
    assert.deepEqual(
      hosts.map(({ shared }) => shared),
      [true, true, false],
    );
    line.close();
  });

  it('asks once what is asked at the welcome', async (t) => {
    const { line, welcome } = stage(t);
    line.onWelcome = () => void line.ask('unfollow', { typing: 'c1' });
    void line.connect();
    const host = await welcome(0);
    assert.equal(host.asked.filter(({ method }) => method === 'unfollow').length, 1);
    line.close();
  });

  it('looks for no other host when another has taken the connection', async (t) => {
    const { line, hosts, welcome } = stage(t);
    void line.connect();
    const first = await welcome(0);
    first.answer({ push: 'superseded', by: 'version' });
    void line.check();
    t.mock.timers.tick(5_000);
    t.mock.timers.tick(500);
    for (let turns = 0; turns < 5; turns++) await turn();
    assert.equal(hosts.length, 1);
    assert.ok(first.closed);
    line.close();
  });

  it('hears nothing of a host that it has left', async (t) => {
    const { line, welcome } = stage(t);
    const heard: Push[] = [];
    line.onPush = (push) => heard.push(push);
    void line.connect();
    const first = await welcome(0);
    void line.check();
    t.mock.timers.tick(5_000);
    first.answer({ push: 'status', status: 'online' });
    assert.deepEqual(heard, []);
    line.close();
  });
});
