import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as later } from 'node:timers/promises';
import { type Call, callsOf, HOSTS, OPEN } from '../host/calls.ts';
import { type Port, portOf } from '../host/port.ts';
import { Seat } from './seat.ts';

let origins = 0;
/** Tabs of one browser. Each host answers what it is asked with its own number. */
function browser(t: import('node:test').TestContext) {
  const origin = `origin-${++origins} `;
  const open: BroadcastChannel[] = [];
  t.after(() => {
    for (const channel of open) channel.close();
  });
  const channel = (name: string) => {
    const made = new BroadcastChannel(origin + name);
    open.push(made);
    return made;
  };
  const hosts: { tab: string; ended: boolean }[] = [];
  const tab = (name: string, path = '/assets/worker-1.js') => {
    const begin = (): Port => {
      const number = hosts.push({ tab: name, ended: false }) - 1;
      const answer = (port: Port) => {
        port.onMessage = (message) => {
          if (!hosts[number]!.ended) port.post(`${message} by ${number}`);
        };
      };
      const calls = channel(callsOf(path));
      calls.onmessage = ({ data }: MessageEvent<Call>) => {
        if (!('call' in data) || hosts[number]!.ended) return;
        const line = channel(data.call);
        answer(portOf(line));
        line.postMessage(OPEN);
      };
      calls.postMessage({ here: true });
      const { port1, port2 } = new MessageChannel();
      answer(portOf(port2));
      t.after(() => port1.close());
      const port = portOf(port1);
      return {
        post: port.post,
        close: () => {
          hosts[number]!.ended = true;
          calls.close();
          port1.close();
        },
        get onMessage() {
          return port.onMessage;
        },
        set onMessage(to) {
          port.onMessage = to;
        },
      };
    };
    const seat = new Seat({ path, locks: { request: requestOf(origin) }, channel, begin });
    const ask = (port: Port, what: string) =>
      new Promise((resolve) => {
        port.onMessage = resolve;
        port.post(what);
      });
    return { seat, ask };
  };
  return { hosts, tab, channel };
}

const requestOf = (origin: string) =>
  ((name: string, ...rest: [unknown, unknown]) =>
    navigator.locks.request(origin + name, ...(rest as [never, never]))) as LockManager['request'];

describe('the seat of the host among tabs', () => {
  it('is of the first; all others reach its host', async (t) => {
    const { hosts, tab } = browser(t);
    const tabs = [tab('a'), tab('b'), tab('c')];
    for (const { seat, ask } of tabs) assert.equal(await ask(seat.port(), 'ping'), 'ping by 0');
    assert.deepEqual(hosts, [{ tab: 'a', ended: false }]);
    for (const { seat } of tabs) seat.giveUp();
  });

  it('goes to the next when it is given up, and what was asked meanwhile is answered there', async (t) => {
    const { hosts, tab } = browser(t);
    const [a, b, c] = [tab('a'), tab('b'), tab('c')];
    for (const { seat, ask } of [a, b, c]) await ask(seat.port(), 'ping');
    a.seat.giveUp();
    const [byB, byC] = [b.ask(b.seat.port(), 'b'), c.ask(c.seat.port(), 'c')];
    assert.deepEqual(await Promise.all([byB, byC]), ['b by 1', 'c by 1']);
    // Who gave it up comes back as one of the others.
    assert.equal(await a.ask(a.seat.port(), 'a'), 'a by 1');
    assert.deepEqual(
      hosts.map(({ tab, ended }) => [tab, ended]),
      [
        ['a', true],
        ['b', false],
      ],
    );
    for (const { seat } of [a, b, c]) seat.giveUp();
  });

  it('stays where it is when its host does not answer: the next line of that tab begins another', async (t) => {
    const { hosts, tab } = browser(t);
    const [a, b] = [tab('a'), tab('b')];
    const silent = a.seat.port();
    await a.ask(silent, 'ping');
    const others = b.seat.port();
    await b.ask(others, 'ping');
    // A line that another tab gives up ends nothing.
    others.close();
    assert.deepEqual(hosts, [{ tab: 'a', ended: false }]);
    silent.close();
    assert.equal(await a.ask(a.seat.port(), 'ping'), 'ping by 1');
    assert.equal(await b.ask(b.seat.port(), 'ping'), 'ping by 1');
    assert.deepEqual(hosts, [
      { tab: 'a', ended: true },
      { tab: 'a', ended: false },
    ]);
    for (const { seat } of [a, b]) seat.giveUp();
  });

  it('is not taken by an older version once a newer one has begun', async (t) => {
    const { hosts, tab, channel } = browser(t);
    const [a, b] = [tab('a'), tab('b')];
    for (const { seat, ask } of [a, b]) await ask(seat.port(), 'ping');
    const newer = channel(HOSTS);
    newer.postMessage('/assets/worker-2.js');
    // Channels keep the order of one sender: who hears of the second has heard of the first.
    const heard = channel(HOSTS);
    const said = new Promise((resolve) => {
      heard.onmessage = resolve;
    });
    newer.postMessage('/assets/worker-2.js');
    await said;
    await later(0);
    a.seat.giveUp();
    b.seat.port();
    await navigator.locks.request('after all others', () => {});
    await later(0);
    assert.equal(hosts.length, 1);
    for (const { seat } of [a, b]) seat.giveUp();
  });
});
