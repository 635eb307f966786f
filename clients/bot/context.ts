import type {
  AnswerOf,
  ChangeType,
  Content,
  Fields,
  Media,
  MediaContent,
  QueryType,
  Sent,
  ShareOptions,
} from '../sdk/index.ts';
import type { BotClient } from './client.ts';
import type { CommandText } from './commands.ts';
import { contentOf, type Says } from './content.ts';
import { derivedId } from './derived-id.ts';
import type { BotEvent } from './event.ts';
import type { Questions } from './questions.ts';
import type { State } from './states.ts';

/** Waits for what the same user says next there, and takes it. */
export type WaitForAnswer = (timeoutMs: number) => Promise<BotEvent>;

const ASK_MS = 300_000;

/** One event, and what can be done about it. */
export class Context {
  readonly event: BotEvent;
  /** What the bot remembers of this conversation: change it as you like, it is kept when the handler has ended well. */
  readonly state: State;
  /** The client beneath, for everything that has no name here. */
  readonly client: BotClient;
  /** Set where a command is handled. */
  command: CommandText | null = null;
  /** Is the bot mentioned? */
  readonly mentioned: boolean;
  readonly #waitForAnswer: WaitForAnswer;
  readonly #questions: Questions;
  readonly #media: Media | null;
  #answered: Promise<BotEvent | null> | null = null;
  #done = 0;

  constructor(
    event: BotEvent,
    state: State,
    client: BotClient,
    questions: Questions,
    waitForAnswer: WaitForAnswer,
    media: Media | null = null,
  ) {
    this.event = event;
    this.state = state;
    this.client = client;
    this.mentioned = event.mentions?.includes(client.user) ?? false;
    this.#questions = questions;
    this.#waitForAnswer = waitForAnswer;
    this.#media = media;
  }

  get conversation(): string {
    return this.event.conversation;
  }
  /** The user it comes from. */
  get sender(): string {
    return this.event.sender.user;
  }
  /** Null: not a message. */
  get kind(): 'direct' | 'group' | null {
    return this.event.type === 'message' ? (this.event.kind ?? null) : null;
  }
  /** Null: there is none, or it has been deleted. */
  get content(): Content | null {
    return this.event.content ?? null;
  }
  get text(): string | null {
    const text = this.content?.text;
    return typeof text === 'string' ? text : null;
  }
  /** A button that was pressed, and the message that it is said to belong to. Anybody can write this; what comes to `Bot.press` is true. */
  get pressed(): { label: string; data: string; message: number | null } | null {
    const { content } = this;
    if (content?.type !== 'button.press') return null;
    const { text, data } = content as { text: string; data: string };
    return { label: text, data, message: this.event.reply_to ?? null };
  }
  /** Words of the command. */
  get args(): readonly string[] {
    return this.command?.args ?? [];
  }

  /** The message that this one answers, as it is now; null: it answers none, or that one may not be read. */
  answered(): Promise<BotEvent | null> {
    this.#answered ??= this.#readAnswered();
    return this.#answered;
  }

  async #readAnswered(): Promise<BotEvent | null> {
    const { reply_to } = this.event;
    if (reply_to === undefined) return null;
    const { conversation } = this;
    const page = await this.query('messages.list', { conversation, after: reply_to - 1, limit: 1 });
    const [found] = page.events as BotEvent[];
    return found?.seq === reply_to && found.type === 'message' ? found : null;
  }

  /** In this conversation, as an answer to this message. */
  reply(says: Says): Promise<Sent> {
    const answers = this.event.type === 'message' ? { reply_to: this.event.seq } : {};
    return this.do('message.send', {
      to: { conversation: this.conversation },
      content: contentOf(says),
      ...answers,
    });
  }

  /** In this conversation, or to somebody else. */
  send(says: Says, to: Fields<'message.send'>['to'] = { conversation: this.conversation }): Promise<Sent> {
    return this.do('message.send', { to, content: contentOf(says) });
  }

  /**
   * A file, in this conversation or to somebody else; with a `caption`, and encrypted where `encrypt` says so. Resolves when it is at the
   * server, and its message is kept to go out. After a crash in between it is uploaded again, and sent once.
   * @throws {RefusedError} too_large, quota_exceeded, media_rejected, …; other errors: not reachable, or the bot knows no `server`
   */
  async sendMedia(
    file: Blob,
    options: ShareOptions = {},
    to: Fields<'message.send'>['to'] = { conversation: this.conversation },
  ): Promise<Sent> {
    // Of the order in which the handler asks, whatever takes longer.
    const id = this.#nextId();
    const content = await this.media.share(file, options);
    return this.client.change('message.send', { to, content }, id);
  }

  /** The file of this message, as it was sent, also when it is encrypted; null: it has none. Of what is large see {@link media}. */
  async download(): Promise<Blob | null> {
    const { content } = this;
    return content?.type === 'media' ? this.media.blob(content as MediaContent) : null;
  }

  /** Files at the server: `media.open(content)` gives out one as it comes. @throws {Error} the bot knows no `server` */
  get media(): Media {
    if (this.#media === null) throw new Error('a bot that has files needs the option `server`');
    return this.#media;
  }

  /** To this message; null takes it back. */
  react(emoji: string | null): Promise<Sent> {
    return this.do('message.react', { conversation: this.conversation, seq: this.event.seq, emoji });
  }

  typing(active = true): void {
    this.client.typing(this.conversation, active);
  }

  /**
   * Says it, and waits for what the same user says next in this conversation. Meanwhile other events of the conversation are handled.
   * After a restart the handler is run again from its beginning: what was said is not said again, and an answer that had come is there.
   * @param timeoutMs milliseconds; default: five minutes
   * @throws {NoAnswer} the time is over, or the user was asked something else
   */
  async ask(says: Says, timeoutMs = ASK_MS): Promise<string> {
    await this.reply(says);
    const { content } = await this.#waitForAnswer(timeoutMs);
    return typeof content?.text === 'string' ? content.text : '';
  }

  /**
   * Makes a change. Resolves when it is kept, to go out with this connection or the next. The same event makes it once, however often it is
   * handled, as long as the handler does the same things in the same order.
   */
  do<T extends ChangeType>(type: T, fields: Fields<T>): Promise<Sent> {
    return this.client.change(type, fields, this.#nextId());
  }

  #nextId(): string {
    const { conversation, seq, time } = this.event;
    return derivedId(this.client.user, `${conversation}/${seq}/${this.#done++}`, time);
  }

  /** Asks the server: waits while there is no connection, and as long as it is told where it asks too much. @throws {RefusedError} for good */
  query<T extends QueryType>(type: T, fields: Fields<T>): Promise<AnswerOf<T>> {
    return this.#questions.ask(type, fields);
  }
}
