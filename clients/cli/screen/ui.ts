import type { Destination, StoredMessage } from '../../sdk/index.ts';
import type { App } from '../app.ts';
import { reasonOf } from '../commands/index.ts';
import type { OpenChat } from '../open-chat.ts';
import { Composer } from './composer.ts';
import { MessagesPane } from './messages-pane.ts';
import type { Panel } from './panels/panel.ts';

export type Focus = 'list' | 'messages' | 'composer';

/** What is written is about another message; null: a message of its own. */
export type Mode = { kind: 'reply' | 'edit' | 'react'; seq: number } | null;

/** How long after the last key a draft is kept, milliseconds. */
const DRAFT_AFTER_MS = 500;
/** Below this width one pane is shown at a time, columns. */
export const NARROW = 70;

/** What is on the screen beside the chats themselves: where one looks, what one writes, what is selected. */
export class Ui {
  readonly app: App;
  readonly composer = new Composer();
  readonly messages: MessagesPane;
  focus: Focus = 'composer';
  mode: Mode = null;
  panel: Panel | null = null;
  /** Something that is not done before `y` is pressed. */
  question: { text: string; yes: () => Promise<void> } | null = null;
  /** The conversation that the list stands at. */
  listAt: string | null = null;
  columns = 80;
  #open: OpenChat | null = null;
  #drafting: ReturnType<typeof setTimeout> | null = null;

  constructor(app: App, colors: boolean) {
    this.app = app;
    this.messages = new MessagesPane(app, colors);
  }

  get narrow(): boolean {
    return this.columns < NARROW;
  }

  /** Something else is open than before, by a command or a key: what was for the other one goes. */
  follow(): void {
    const { open } = this.app;
    if (open !== this.#open) {
      this.#open = open;
      this.messages.reset();
      this.mode = null;
      if (open !== null) {
        if (this.composer.empty) this.composer.set(open.conversation?.draft ?? '');
        if ((open.conversation?.unread ?? 0) > 0 || open.readBefore < (open.conversation?.head ?? 0))
          this.messages.showUnread(open);
      }
    }
    this.listAt =
      this.focus === 'list' && this.listAt !== null ? this.listAt : (open?.conversation?.id ?? this.listAt);
    this.app.selected = open?.entries.find(({ key }) => key === this.messages.selected)?.seq ?? null;
  }

  /** Opens a conversation, with its own draft; the one before keeps its. */
  async show(where: Destination): Promise<void> {
    await this.keepDraft();
    this.composer.set('');
    this.mode = null;
    await this.app.show(where);
    this.focus = 'composer';
    this.follow();
  }

  async goTo(message: StoredMessage): Promise<void> {
    if (message.conversation === null || message.seq === null) return;
    await this.show({ conversation: message.conversation });
    await this.messages.jump(this.app.open!, message.seq);
    this.focus = 'messages';
  }

  /** What is written has changed. */
  edited(): void {
    const id = this.app.open?.conversation?.id;
    if (id === undefined || this.mode?.kind === 'edit' || this.mode?.kind === 'react') return;
    if (!this.composer.empty && !this.composer.text.startsWith('/')) this.app.store.compose(id);
    if (this.#drafting !== null) clearTimeout(this.#drafting);
    this.#drafting = setTimeout(() => void this.keepDraft().catch(() => {}), DRAFT_AFTER_MS);
  }

  async keepDraft(): Promise<void> {
    if (this.#drafting !== null) clearTimeout(this.#drafting);
    this.#drafting = null;
    const conversation = this.app.open?.conversation;
    if (conversation == null || this.mode?.kind === 'edit' || this.mode?.kind === 'react') return;
    const draft = this.composer.text.startsWith('/') ? '' : this.composer.text;
    if (draft !== conversation.draft) await this.app.store.setDraft(conversation.id, draft);
  }

  /** Does what takes its time; what goes wrong is told. */
  later(task: Promise<unknown>): void {
    task.catch((error: unknown) => this.app.note(reasonOf(error))).finally(() => this.app.onChange());
  }
}
