/** The client over a real MQTT connection, against a broker that does what each test says. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { Aedes, type AuthenticateError } from 'aedes';
import { refusal } from '../../protocol/errors.ts';
import type { AnyEvent } from '../../protocol/events.ts';
import { topics } from '../../protocol/topics.ts';
import { DunlinClient } from './client.ts';
import { RefusedError, type Session, type Sessions } from './session.ts';
import { MemoryStorage } from './storage.ts';

const user = '01940000-0000-7000-8000-0000000a11ce';
const device = '01940000-0000-7000-8000-00a11ce0d001';
const conversation = '01940000-0000-7000-8000-0000000b0a75';
const session: Session = {
  user,
  username: 'alice',
  device,
  deviceToken: 'good',
  accessToken: 'a',
  refreshToken: 'r',
};

interface Command {
  id: string;
  type: string;
  content?: { text: string };
  after?: number;
}

describe('the client', () => {
  let broker: Aedes;
  let server: Server;
  let url: string;
  let sockets: Set<Socket>;
  /** Commands in the order in which they arrived, with repeats. */
  let arrived: Command[];
  let password: string;
  /** Called for each command before its PUBACK; resolves false: no PUBACK. */
  let handle: (command: Command) => Promise<boolean> | boolean;
  let refreshes: number;
  let refresh: () => Promise<Session>;
  const clients: DunlinClient[] = [];

  const say = (topic: string, payload: object | string) =>
    new Promise<void>((resolve) =>
      broker.publish(
        {
          cmd: 'publish',
          topic,
          payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
          qos: 1,
          retain: false,
          dup: false,
        },
        () => resolve(),
      ),
    );
  const toUser = (payload: object | string) => say(topics.inbox(user), payload);
  const toDevice = (payload: object | string) => say(topics.deviceInbox(user, device), payload);
  const message = (seq: number, id = conversation, sender = user): AnyEvent =>
    ({
      v: 1,
      seq,
      type: 'message',
      conversation,
      id,
      sender: { user: sender, device },
      time: 1,
      kind: 'group',
      content: { type: 'text', text: `${seq}` },
    }) as AnyEvent;

  async function listen(port = 0): Promise<void> {
    broker = await Aedes.createBroker();
    broker.authenticate = (_client, _username, given, done) => {
      if (given?.toString() === password) return done(null, true);
      done(Object.assign(new Error('refused'), { returnCode: 5 }) as AuthenticateError, false);
    };
    broker.authorizePublish = (client, packet, done) => {
      if (client === null || packet.topic !== topics.outbox(user)) return done(null);
      const command = JSON.parse(packet.payload.toString()) as Command;
      arrived.push(command);
      void Promise.resolve(handle(command)).then((acknowledge) => {
        if (acknowledge) done(null);
      });
    };
    server = createServer((socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      broker.handle(socket);
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    url = `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async function stop(): Promise<void> {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
    await new Promise<void>((resolve) => broker.close(() => resolve()));
  }

  function client(storage = new MemoryStorage()): DunlinClient {
    const sessions = {
      refresh: () => {
        refreshes++;
        return refresh();
      },
      forget: async () => storage.write([['session', null]]),
    } as unknown as Sessions;
    const made = new DunlinClient({ url, session, sessions, storage, reconnectMs: 20 });
    clients.push(made);
    return made;
  }

  const reaches = (of: DunlinClient, wanted: string) =>
    new Promise<void>((resolve) => {
      if (of.status === wanted) return resolve();
      const off = of.on('status', (status) => {
        if (status !== wanted) return;
        off();
        resolve();
      });
    });

  /** Resolves when `check` holds; tests that never get there are ended by the runner. */
  async function until(check: () => boolean): Promise<void> {
    while (!check()) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  async function online(storage?: MemoryStorage): Promise<DunlinClient> {
    const made = client(storage);
    await made.connect();
    await reaches(made, 'online');
    return made;
  }

  const text = (words: string) => ({ to: { conversation }, content: { type: 'text' as const, text: words } });

  beforeEach(async () => {
    sockets = new Set();
    arrived = [];
    password = 'good';
    refreshes = 0;
    refresh = async () => {
      throw new Error('unreachable');
    };
    // Answers `conversations.list`, which every connection begins with.
    handle = async (command) => {
      if (command.type === 'conversations.list') {
        void toDevice({
          v: 1,
          type: 'result',
          command: command.id,
          result: { conversations: [], next: null },
        });
      }
      return true;
    };
    await listen();
  });
  afterEach(async () => {
    for (const made of clients.splice(0)) await made.close();
    await stop();
  });

  const sent = () => arrived.filter((c) => c.type === 'message.send').map((c) => c.content!.text);

  it('sends what was written offline, in order, also by a later process', async () => {
    const storage = new MemoryStorage();
    const before = client(storage);
    for (const words of ['one', 'two', 'three']) await before.change('message.send', text(words));
    assert.equal(before.pending.length, 3);
    await before.close();

    const after = await online(storage);
    await until(() => after.pending.length === 0);
    assert.deepEqual(sent(), ['one', 'two', 'three']);
  });

  it('sends everything once in order over a connection that goes away and comes back', async () => {
    const alice = await online();
    const seen: string[] = [];
    let lost = false;
    handle = async (command) => {
      if (command.type !== 'message.send') return true;
      if (!seen.includes(command.id)) seen.push(command.id);
      // Taken, but the connection is gone before the PUBACK of the third.
      if (!lost && seen.length === 3) {
        lost = true;
        for (const socket of sockets) socket.destroy();
        return false;
      }
      return true;
    };
    const made: string[] = [];
    for (let i = 0; i < 30; i++) made.push((await alice.change('message.send', text(`${i}`))).id);
    await until(() => alice.pending.length === 0);
    assert.deepEqual(seen, made);
  });

  it('tells who waits: accepted at the PUBACK, and what came of it by the event', async () => {
    const alice = await online();
    const change = await alice.change('message.send', text('hello'));
    await change.accepted;
    await toUser(message(1, change.id));
    assert.equal((await change.outcome).seq, 1);
  });

  it('takes the first result of a command that was repeated as what came of it', async () => {
    const alice = await online();
    const change = await alice.change('message.send', text('hello'));
    await toDevice({ v: 1, type: 'result', command: change.id, result: message(7, change.id) });
    assert.equal((await change.outcome).seq, 7);
  });

  it('does not take another user’s event for its own, whatever its id', async () => {
    const alice = await online();
    const change = await alice.change('message.send', text('hello'));
    await toUser(message(1, change.id, '01940000-0000-7000-8000-000000000b0b'));
    await toUser(message(2, change.id));
    assert.equal((await change.outcome).seq, 2);
  });

  it('rejects what was refused for good, and says so by an event as well', async () => {
    const alice = await online();
    const told: string[] = [];
    alice.on('refused', ({ error }) => told.push(error.refusal.code));
    handle = async (command) => {
      await toDevice({ v: 1, type: 'refused', command: command.id, error: refusal('blocked') });
      return true;
    };
    const change = await alice.change('message.send', text('hello'));
    const isBlocked = (error: unknown) => error instanceof RefusedError && error.refusal.code === 'blocked';
    await assert.rejects(change.outcome, isBlocked);
    await assert.rejects(change.accepted, isBlocked);
    assert.deepEqual(told, ['blocked']);
    assert.deepEqual(alice.pending, []);
  });

  it('rejects what was refused after its PUBACK', async () => {
    const alice = await online();
    const change = await alice.change('message.send', text('hello'));
    await change.accepted;
    const refused = { ...message(1), type: 'refused', conversation: device, command: change.id };
    await toDevice({ ...refused, error: refusal('not_a_member') });
    await assert.rejects(change.outcome, RefusedError);
  });

  it('sends again what was refused for the time being, and troubles nobody with it', async () => {
    const alice = await online();
    alice.on('refused', () => assert.fail('told'));
    let busy = 2;
    handle = async (command) => {
      if (command.type !== 'message.send') return true;
      if (busy-- > 0)
        await toDevice({
          v: 1,
          type: 'refused',
          command: command.id,
          error: refusal('rate_limited', undefined, 1),
        });
      else await toUser(message(1, command.id));
      return true;
    };
    const change = await alice.change('message.send', text('hello'));
    await change.outcome;
    assert.deepEqual(sent(), ['hello', 'hello', 'hello']);
  });

  it('refuses what no server takes before it stands in the way of the rest', async () => {
    const alice = client();
    const tooLarge = (error: unknown) => (error as RefusedError).refusal?.code === 'too_large';
    await assert.rejects(alice.change('message.send', text('x'.repeat(65_536))), tooLarge);
    await assert.rejects(alice.change('group.update', { conversation, name: 'x'.repeat(96_000) }), tooLarge);
    assert.deepEqual(alice.pending, []);
    await alice.change('message.send', text('x'.repeat(65_536 - 27)));
    assert.equal(alice.pending.length, 1);
  });

  it('asks and is answered, or refused', async () => {
    const alice = await online();
    handle = async ({ id, type }) => {
      if (type === 'privacy.get')
        void toDevice({ v: 1, type: 'result', command: id, result: { presence: 'nobody' } });
      else void toDevice({ v: 1, type: 'refused', command: id, error: refusal('user_not_found') });
      return true;
    };
    assert.deepEqual(await alice.query('privacy.get', {}), { presence: 'nobody' });
    await assert.rejects(alice.query('profile.get', { user }), RefusedError);
  });

  it('is answered also where the PUBACK of the question never comes', async () => {
    const alice = await online();
    handle = async ({ id }) => {
      void toDevice({ v: 1, type: 'result', command: id, result: 'yes' });
      return false;
    };
    assert.equal(await alice.query('privacy.get', {}), 'yes');
  });

  it('fetches what is missing between two events, hidden pages included, and hands everything out in order', async () => {
    const alice = await online();
    const pages: Record<number, { last: number; more: boolean; seqs: number[] }> = {
      1: { last: 2, more: true, seqs: [2] },
      2: { last: 4, more: true, seqs: [] },
      4: { last: 6, more: false, seqs: [5, 6] },
    };
    handle = async ({ id, type, after }) => {
      if (type !== 'messages.list') return true;
      const { last, more, seqs } = pages[after!]!;
      const result = {
        conversation,
        first: seqs[0] ?? 0,
        last,
        more,
        events: seqs.map((seq) => message(seq)),
      };
      void toDevice({ v: 1, type: 'result', command: id, result });
      return true;
    };
    const seqs: number[] = [];
    alice.on('event', ({ seq }) => seqs.push(seq));
    for (const seq of [1, 6, 7, 6]) await toUser(message(seq));
    await until(() => seqs.includes(7));
    assert.deepEqual(seqs, [1, 2, 5, 6, 7]);
  });

  it('is not disturbed by what is not of the contract', async () => {
    const alice = await online();
    const seqs: number[] = [];
    alice.on('event', ({ seq }) => seqs.push(seq));
    let acknowledged = 0;
    broker.on('ack', () => acknowledged++);
    for (const odd of [
      '',
      'null',
      '7',
      '"x"',
      '[]',
      '{',
      '{}',
      '{"type":"of.tomorrow"}',
      '{"type":"result"}',
    ])
      await toDevice(odd);
    await say(topics.inbox(user), 'null');
    await toUser(message(1));
    await until(() => seqs.length === 1);
    // What is not acknowledged would come again at every connection, and take room in the server's window.
    await until(() => acknowledged >= 11);
  });

  describe('closing', () => {
    it('ends what waits, and keeps what was not sent', async () => {
      const storage = new MemoryStorage();
      const alice = await online(storage);
      handle = () => false;
      const change = await alice.change('message.send', text('hello'));
      const query = alice.query('privacy.get', {});
      await until(() => arrived.some((c) => c.type === 'privacy.get'));
      const ends = Promise.all([
        assert.rejects(change.outcome, /closed/),
        assert.rejects(change.accepted, /closed/),
        assert.rejects(query, /closed/),
      ]);
      await alice.close();
      await ends;
      assert.equal(alice.status, 'offline');
      assert.equal((await storage.list('outbox/')).length, 1);
    });

    it('does not hang on a server that went away with something on its way', async () => {
      const alice = await online();
      handle = () => false;
      const change = await alice.change('message.send', text('hello'));
      change.outcome.catch(() => {});
      await until(() => sent().length === 1);
      await stop();
      await reaches(alice, 'connecting');
      await alice.close();
      assert.equal(alice.status, 'offline');
      await listen();
    });

    it('does not come online afterwards, and can be opened again', async () => {
      const alice = client();
      const opening = alice.connect();
      await alice.close();
      await opening;
      await alice.connect();
      const closing = alice.close();
      await closing;
      const seen: string[] = [];
      alice.on('status', (status) => seen.push(status));
      await new Promise((resolve) => setTimeout(resolve, 100));
      assert.deepEqual(seen, []);

      await alice.change('message.send', text('hello'));
      await alice.connect();
      await until(() => alice.pending.length === 0);
      assert.deepEqual(sent(), ['hello']);
    });
  });

  describe('with a token that is no longer good', () => {
    it('gets a new one, once, and connects with it', async () => {
      password = 'new';
      let release!: (of: Session) => void;
      refresh = () =>
        new Promise((resolve) => {
          release = resolve;
        });
      const alice = client();
      let refused = 0;
      broker.on('clientError', () => refused++);
      await alice.connect();
      await until(() => refreshes === 1);
      // Connections go on failing while the answer takes its time: that is no reason to ask again.
      await until(() => refused >= 2);
      assert.equal(refreshes, 1);
      release({ ...session, deviceToken: 'new', refreshToken: 'r2' });
      await reaches(alice, 'online');
    });

    it('goes on trying where nobody answers, or somebody who does not know', async () => {
      password = 'new';
      const answers: (() => Promise<Session>)[] = [
        async () => {
          throw new Error('unreachable');
        },
        async () => {
          throw new RefusedError(refusal('rate_limited'));
        },
        async () => ({ ...session, deviceToken: 'new' }),
      ];
      refresh = () => answers.shift()!();
      const alice = client();
      alice.on('signedOut', () => assert.fail('signed out'));
      await alice.connect();
      await reaches(alice, 'online');
      assert.equal(refreshes, 3);
    });

    for (const code of ['device_revoked', 'token_reused', 'token_expired', 'unauthenticated'] as const) {
      it(`is signed out by ${code}: forgets the session, keeps what was written`, async () => {
        password = 'new';
        refresh = async () => {
          throw new RefusedError(refusal(code));
        };
        const storage = new MemoryStorage();
        await storage.write([['session', 'x']]);
        const alice = client(storage);
        const out = new Promise<void>((resolve) => alice.on('signedOut', () => resolve()));
        const change = await alice.change('message.send', text('hello'));
        const ended = assert.rejects(change.outcome, /closed/);
        await alice.connect();
        await out;
        await ended;
        assert.equal(alice.status, 'offline');
        assert.equal(await storage.get('session'), undefined);
        assert.equal((await storage.list('outbox/')).length, 1);
      });
    }
  });
});
