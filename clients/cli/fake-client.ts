/** For tests: a client without a server. What is asked of it is noted, and answered as the test says. */
import type { ChangeType, QueryType } from '../../protocol/commands.ts';
import { refusal } from '../../protocol/errors.ts';
import type { AnyEvent } from '../../protocol/events.ts';
import { Emitter } from '../sdk/emitter.ts';
import {
  type ClientEvents,
  type DunlinClient,
  MemoryStorage,
  RefusedError,
  type Status,
} from '../sdk/index.ts';
import { App } from './app.ts';

export const alice = '01940000-0000-7000-8000-0000000a11ce';
export const bob = '01940000-0000-7000-8000-000000000b0b';
export const direct = 'b13a89af-bb38-8f84-bc97-fba9c5e2f8b8';
export const group = '01940000-0000-7000-8000-0000000b0a75';
export const phone = '01940000-0000-7000-8000-00a11ce0d001';

type Fields = Record<string, unknown>;

export class FakeClient extends Emitter<ClientEvents> {
  readonly user = alice;
  readonly device = phone;
  status: Status = 'online';
  pending: string[] = [];
  readonly changes: [ChangeType, Fields][] = [];
  readonly queries: [QueryType, Fields][] = [];
  readonly reads: [string, number][] = [];
  readonly watched: object[] = [];
  /** What changes come to: the event, or a refusal. */
  outcome: (type: ChangeType, fields: Fields, id: string) => AnyEvent = (type, fields, id) =>
    ({
      ...message(9, alice, ''),
      id,
      type,
      conversation: fields.conversation ?? direct,
    }) as unknown as AnyEvent;
  answers: Partial<Record<QueryType, (fields: Fields) => unknown>> = {};

  async change(type: ChangeType, fields: Fields) {
    this.changes.push([type, fields]);
    const id = `c${this.changes.length}`;
    const outcome = Promise.resolve().then(() => this.outcome(type, fields, id));
    outcome.catch((error: unknown) => {
      if (error instanceof RefusedError) this.emit('refused', { command: id, error });
    });
    return { id, accepted: Promise.resolve(), outcome };
  }

  async query(type: QueryType, fields: Fields): Promise<unknown> {
    if (this.status !== 'online') throw new Error('offline');
    this.queries.push([type, fields]);
    const answer = this.answers[type];
    if (answer === undefined) throw new RefusedError(refusal('not_found'));
    return answer(fields);
  }

  async read(conversation: string, seq: number): Promise<void> {
    this.reads.push([conversation, seq]);
  }

  watch(what: object): void {
    this.watched.push(what);
  }

  typing(): void {}
}

export function message(seq: number, user: string, text: string, more: object = {}): AnyEvent {
  return {
    v: 1,
    seq,
    type: 'message',
    conversation: direct,
    id: `m${seq}`,
    sender: { user, device: null },
    time: 1_735_214_400_000 + seq,
    kind: 'direct',
    peer: user === alice ? bob : alice,
    content: { type: 'text', text },
    ...more,
  } as AnyEvent;
}

/** An app of alice with bob known by name. */
export async function stage(storage = new MemoryStorage()) {
  const client = new FakeClient();
  client.answers['user.find'] = ({ username }) => {
    if (username !== 'bob') throw new RefusedError(refusal('user_not_found'));
    return { id: bob, username: 'bob' };
  };
  client.answers['profile.get'] = ({ user }) => ({ id: user, username: user === bob ? 'bob' : 'alice' });
  const app = new App(client as unknown as DunlinClient, storage);
  await app.load();
  await app.names.find('bob');
  client.queries.length = 0;
  return { app, client, storage };
}
