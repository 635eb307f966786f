import type { AnyEvent, PresencePayload, TypingPayload } from '../../../protocol/events.ts';
import type { DunlinClient } from '../client.ts';

/** Who is not heard of typing for so long has stopped, milliseconds. Not measured by anyone’s clock. */
const TYPING_FOR_MS = 6_000;
/** One says so no more often than this, milliseconds. */
const SAY_EVERY_MS = 3_000;
/** Most who are named as typing in one conversation. */
const MOST_TYPING = 50;

/** Who is typing and who is there: told and forgotten, never kept. */
export class Activity {
  readonly #client: DunlinClient;
  readonly #typing = new Map<string, Map<string, ReturnType<typeof setTimeout>>>();
  readonly #presence = new Map<string, PresencePayload>();
  readonly #followers = new Map<string, number>();
  readonly #said = new Map<string, ReturnType<typeof setTimeout>>();
  onTyping: (conversation: string) => void = () => {};

  constructor(client: DunlinClient) {
    this.#client = client;
  }

  typing(conversation: string): string[] {
    return [...(this.#typing.get(conversation)?.keys() ?? [])];
  }

  presence(user: string): PresencePayload | null {
    return this.#presence.get(user) ?? null;
  }

  /** Counted: the last who ends it ends it. */
  follow(what: { presence: string } | { typing: string }): () => void {
    const name = JSON.stringify(what);
    const count = (this.#followers.get(name) ?? 0) + 1;
    this.#followers.set(name, count);
    if (count === 1) this.#client.watch(what);
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      const left = (this.#followers.get(name) ?? 1) - 1;
      if (left > 0) return void this.#followers.set(name, left);
      this.#followers.delete(name);
      this.#client.unwatch(what);
      if ('presence' in what) this.#presence.delete(what.presence);
      else for (const user of this.typing(what.typing)) this.stopped(what.typing, user);
    };
  }

  /**
   * What happened may let one see who is there: of those who are followed it is asked again. The server refuses a subscription to the
   * presence of somebody with whom one shares nothing, and does not come back to it.
   */
  happened(event: AnyEvent): void {
    for (const user of metBy(event, this.#client.user)) {
      const what = { presence: user };
      if (!this.#followers.has(JSON.stringify(what)) || this.#presence.has(user)) continue;
      this.#client.unwatch(what);
      this.#client.watch(what);
    }
  }

  /** One is typing: said now and then, as often as this is called. */
  compose(conversation: string): void {
    if (this.#said.has(conversation)) return;
    this.#client.typing(conversation, true);
    this.#said.set(
      conversation,
      setTimeout(() => this.#said.delete(conversation), SAY_EVERY_MS),
    );
  }

  /** One has stopped typing, or sent it. */
  composed(conversation: string): void {
    const timer = this.#said.get(conversation);
    if (timer === undefined) return;
    clearTimeout(timer);
    this.#said.delete(conversation);
    this.#client.typing(conversation, false);
  }

  tookPresence(payload: PresencePayload): void {
    if (this.#followers.has(JSON.stringify({ presence: payload.user })))
      this.#presence.set(payload.user, payload);
  }

  tookTyping({ conversation, user, active }: TypingPayload): void {
    if (conversation === undefined || user === undefined || user === this.#client.user) return;
    if (!active) return this.stopped(conversation, user);
    const users = this.#typing.get(conversation) ?? new Map<string, ReturnType<typeof setTimeout>>();
    const known = users.get(user);
    if (known === undefined && users.size >= MOST_TYPING) return;
    clearTimeout(known);
    users.set(
      user,
      setTimeout(() => this.stopped(conversation, user), TYPING_FOR_MS),
    );
    this.#typing.set(conversation, users);
    if (known === undefined) this.onTyping(conversation);
  }

  /** Stopped, gone, or has sent it. */
  stopped(conversation: string, user: string): void {
    const users = this.#typing.get(conversation);
    const timer = users?.get(user);
    if (users === undefined || timer === undefined) return;
    clearTimeout(timer);
    users.delete(user);
    if (users.size === 0) this.#typing.delete(conversation);
    this.onTyping(conversation);
  }

  close(): void {
    for (const users of this.#typing.values()) for (const timer of users.values()) clearTimeout(timer);
    for (const timer of this.#said.values()) clearTimeout(timer);
    this.#typing.clear();
    this.#said.clear();
  }
}

/** With whom one shares a conversation since then. */
function metBy(event: AnyEvent, me: string): string[] {
  if (event.type === 'group.created' || event.type === 'members.added')
    return event.members.map(({ user }) => user);
  // The first message of two makes their conversation.
  if (event.type !== 'message' || event.kind !== 'direct' || event.seq !== 1) return [];
  const peer = event.sender.user === me ? event.peer : event.sender.user;
  return peer === undefined ? [] : [peer];
}
