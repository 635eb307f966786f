import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { Conversation, Entry, Message } from '../../../sdk/index.ts';
import type { Chat, View, Where } from '../../chat/chat.ts';

/** What the composer is about, when it is not a message of its own. */
export type Answering = { kind: 'reply' | 'edit'; message: Message };

/** What lies over the conversation. */
export type Over =
  | { kind: 'menu'; message: Message; at: { x: number; y: number } }
  | { kind: 'emoji'; message: Message; at: { x: number; y: number } }
  | { kind: 'forward'; messages: readonly Message[] }
  | { kind: 'delete'; messages: readonly Message[] }
  | { kind: 'info'; message: Message }
  | { kind: 'reactions'; message: Message }
  | { kind: 'gallery'; message: Message }
  | { kind: 'files'; files: readonly File[] }
  | { kind: 'timer' }
  | { kind: 'keys' };

/** Where the list is to go next. */
export interface Target {
  seq: number;
  align: 'start' | 'center';
  /** It lights up for a moment, so that one sees which it is. */
  highlight: boolean;
}

/** An open conversation as the parts of its screen share it. Gone when another one is opened. */
export class PaneState {
  readonly chat: Chat;
  readonly view: View;
  readonly where: Where;
  readonly onOpen: (where: Where) => void;
  /** Where the unread ones began when it was opened; null: there were none. */
  readonly opened: { after: number; count: number } | null;

  readonly answering = signal<Answering | null>(null);
  /** Keys of messages; null: none are being selected. */
  readonly selected = signal<ReadonlySet<string> | null>(null);
  readonly over = signal<Over | null>(null);
  /** What is searched for; null: nothing is. */
  readonly query = signal<string | null>(null);
  /** The key of the message that keys act on; null: the composer has them. */
  readonly current = signal<string | null>(null);
  /** User ids, in a group; null: not known. */
  readonly members = signal<readonly string[] | null>(null);
  readonly highlighted = signal<string | null>(null);
  readonly target = signal<Target | null>(null);
  /** Counted up when the list is to go to its end. */
  readonly toEnd = signal(0);
  /** Counted up when the composer is to have the keys. */
  readonly toComposer = signal(0);
  readonly isGroup: ReadonlySignal<boolean>;

  constructor(parts: { chat: Chat; view: View; where: Where; onOpen: (where: Where) => void }) {
    this.chat = parts.chat;
    this.view = parts.view;
    this.where = parts.where;
    this.onOpen = parts.onOpen;
    const known = parts.view.conversation.peek();
    this.opened = known === null || known.unread === 0 ? null : { after: known.read, count: known.unread };
    this.isGroup = computed(() => this.conversation?.kind === 'group');
  }

  get conversation(): Conversation | null {
    return this.view.conversation.value;
  }
  get me(): string {
    return this.chat.me.user;
  }
  /** Whether one may write here. */
  get canWrite(): boolean {
    const { conversation } = this;
    return conversation === null || conversation.kind === 'direct' || conversation.member;
  }

  find(key: string): Entry | undefined {
    return this.view.entries.peek().find((entry) => entry.key === key);
  }

  /** A message as it is now; as it was, where it is not here any more. */
  now(message: Message): Message {
    const entry = this.view.entries.value.find(({ key }) => key === message.key);
    return entry?.type === 'message' ? entry : message;
  }

  /** Those that are selected, as they stand in the conversation. */
  get selection(): Message[] {
    const keys = this.selected.value;
    if (keys === null) return [];
    return this.view.entries.value.filter(
      (entry): entry is Message => entry.type === 'message' && keys.has(entry.key),
    );
  }

  toggleSelected(key: string): void {
    const keys = new Set(this.selected.peek());
    if (!keys.delete(key)) keys.add(key);
    this.selected.value = keys;
  }

  /** Goes to a message, near or far. @throws when it is not here and there is no connection */
  async goTo(seq: number, { align = 'center', highlight = true }: Partial<Target> = {}): Promise<void> {
    const { entries } = this.view;
    const here = entries.peek();
    const [first, last] = [here[0]?.seq ?? 0, here.findLast((entry) => entry.seq !== null)?.seq ?? 0];
    if (first === 0 || seq < first || seq > last) await this.view.jump(seq);
    this.target.value = { seq, align, highlight };
  }

  async goToNewest(): Promise<void> {
    if (!this.view.atEnd.peek()) await this.view.latest();
    this.toEnd.value++;
  }

  answer(answering: Answering | null): void {
    this.answering.value = answering;
    this.toComposer.value++;
  }
}
