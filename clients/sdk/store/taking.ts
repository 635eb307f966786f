import type { Content } from '../../../protocol/content.ts';
import type { AnyEvent, EventOf } from '../../../protocol/events.ts';
import type { ContentCodec } from '../codec.ts';
import type { ServerClock } from './clock.ts';
import { advance, membersAfter, preferred } from './conversations.ts';
import { type FoldEvent, fold, isFold, isNotice, isUnclear, messageOf, noticeOf } from './entries.ts';
import type { Change } from './shelf.ts';

interface Parts {
  me: string;
  codec: ContentCodec;
  clock: ServerClock;
  /** Whose reactions can only be told by reading the message again. */
  unclear: (conversation: string, seq: number) => void;
}

/** What an event, live or from a page of history, makes of what is kept. */
export class Taking {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The next event of its stream. Taking it twice changes nothing more. */
  async live(change: Change, event: AnyEvent): Promise<void> {
    if (event.type === 'message.hidden') {
      const { conversation, seq } = event.target;
      return change.putEntry(conversation, seq, null);
    }
    if (event.type === 'preferences.updated')
      return change.putConversation(preferred(change.conversation(event.target), event));
    if (event.type !== 'message' && !isNotice(event) && !isFold(event)) return;
    const { me, clock } = this.#parts;
    const { conversation: id, seq } = event;
    clock.heard(event.time);
    const pending = change.pending(event.id);
    const own = pending !== null && event.sender.user === me;
    if (own) {
      clock.answered(event.time, pending.begun);
      change.putPending(event.id, null);
    }
    let last = null;
    if (event.type === 'message') {
      const known = await change.entry(id, seq);
      // From a page of history, with more of what became of it.
      last =
        known?.type === 'message' && known.key === event.id
          ? known
          : await this.#message(event, own ? pending.content : null);
    }
    change.putConversation(advance(change.conversation(id), event, me, last));
    if (event.type === 'message') change.putEntry(id, seq, last);
    else if (isFold(event)) await this.fold(change, event);
    else {
      change.putEntry(id, seq, noticeOf(event));
      const members = membersAfter(change.members(id), event);
      if (members !== null && members !== change.members(id)) change.putMembers(id, members);
    }
  }

  /** An event of a page of history, as the server has it now: what became of a message is in it. */
  async past(change: Change, event: AnyEvent): Promise<void> {
    if (isNotice(event)) return change.putEntry(event.conversation, event.seq, noticeOf(event));
    if (event.type !== 'message') return;
    const { conversation, seq } = event;
    const known = await change.entry(conversation, seq);
    if (known?.type === 'message' && known.gone === null && sameContent(known.edited, event.edited)) {
      // What has been decoded once is not decoded again.
      const fresh = messageOf(event, known.content, known.unreadable);
      return change.putEntry(conversation, seq, fresh);
    }
    // Of one's own: the page may come before the event that says that it has its number.
    const pending = event.sender.user === this.#parts.me ? change.pending(event.id) : null;
    if (pending !== null) change.putPending(event.id, null);
    change.putEntry(conversation, seq, await this.#message(event, pending?.content ?? null));
  }

  async fold(change: Change, event: FoldEvent): Promise<void> {
    const { conversation, target } = event;
    const known = await change.entry(conversation, target);
    if (known?.type !== 'message') return;
    if (event.type === 'message.reaction' && isUnclear(known.reactions, event.sender.user))
      this.#parts.unclear(conversation, target);
    const content = event.type === 'message.edited' ? (event.content ?? null) : null;
    const decoded = await this.#decode(content, event);
    const folded = fold(known, event, decoded.content, decoded.unreadable);
    if (folded !== known) change.putEntry(conversation, target, folded);
  }

  /** A message as it is shown in lists and search: decoded, and not kept. */
  async message(event: EventOf<'message'>) {
    return this.#message(event, null);
  }

  async #message(event: EventOf<'message'>, written: Content | null) {
    const content = event.edited?.content ?? event.content ?? null;
    const decoded =
      written !== null && event.edited === undefined
        ? { content: written, unreadable: false }
        : await this.#decode(content, event);
    return messageOf(event, decoded.content, decoded.unreadable);
  }

  async #decode(content: Content | null, event: AnyEvent) {
    if (content === null) return { content, unreadable: false };
    try {
      return { content: await this.#parts.codec.decode(content, event), unreadable: false };
    } catch {
      return { content, unreadable: true };
    }
  }
}

const sameContent = (a: { at: number } | null, b: { at: number } | undefined) =>
  (a?.at ?? 0) === (b?.at ?? 0);
