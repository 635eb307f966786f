import {
  type AnyEvent,
  DunlinClient,
  type Fields,
  type Lock,
  Media,
  type Sent,
  type Storage,
} from '../sdk/index.ts';
import { Asking, Stopped } from './asking.ts';
import type { BotClient } from './client.ts';
import { helpText, parseCommandText } from './commands.ts';
import { contentOf, type Says } from './content.ts';
import { Context } from './context.ts';
import { derivedId } from './derived-id.ts';
import type { BotEvent } from './event.ts';
import { type Filter, matches } from './filters.ts';
import { Journal, type Place } from './journal.ts';
import { Kinds } from './kinds.ts';
import { compose, type Handler, type Middleware } from './middleware.ts';
import { isGenuine } from './pressing.ts';
import { Questions } from './questions.ts';
import { type BotCredentials, BotSessions, sessionOf } from './session.ts';
import { type State, type StateStore, StoredStates } from './states.ts';
import { Turns } from './turns.ts';

/** Where a bot writes what went wrong. Never what people wrote. */
export type Log = (level: 'info' | 'error', message: string, fields: Record<string, unknown>) => void;

export interface BotOptions {
  /** mqtt://, mqtts://, ws:// or wss:// */
  url: string;
  /** Base URL of the HTTP API, for files: without it there are none. */
  server?: string;
  /** What the server answered when the bot, or its token, was made. It needs the scope `messages.read`, and what its handlers do. */
  credentials: BotCredentials;
  /** What must survive a restart: see `openFileStorage`. */
  storage: Storage;
  /** Default: in `storage`. */
  states?: StateStore;
  /** Events handled at once; those of one conversation one after the other. Default 16. */
  concurrency?: number;
  /** Are messages of other bots handled? Default: no, so that two of them do not answer each other for ever. */
  hearBots?: boolean;
  /** What a user is told whose message a handler failed at; null: nothing. */
  apology?: string | null;
  /** Default: errors to the console. */
  log?: Log;
  /** Where it may be started twice: see `fileLock`. */
  lock?: Lock;
  /** In place of the SDK's: for tests. */
  client?: BotClient;
}

const CONCURRENCY = 16;
/** What is written by somebody, or done to what is written. */
const ofMessages = new Set(['message', 'message.edited', 'message.deleted', 'message.reaction']);
const APOLOGY = 'Sorry, something went wrong here.';

const toConsole: Log = (level, message, fields) => {
  if (level === 'error') console.error(message, fields);
};

/** A bot: what it hears goes through its middleware, in the order in which that was given, until one of them handles it. */
export class Bot {
  readonly client: BotClient;
  /** Files at the server; null: there is no `server` among the options. */
  readonly media: Media | null;
  readonly #username: string;
  readonly #states: StateStore;
  readonly #journal: Journal;
  readonly #turns: Turns;
  readonly #asking = new Asking();
  readonly #questions: Questions;
  /** Null: all are heard. */
  readonly #kinds: Kinds | null;
  readonly #all: Middleware[] = [];
  readonly #commands = new Map<string, string>();
  readonly #apology: string | null;
  readonly #log: Log;
  #run: (ctx: Context) => Promise<void> = async () => {};
  #state: 'new' | 'started' | 'stopped' = 'new';

  constructor(options: BotOptions) {
    const { url, credentials, storage, lock } = options;
    const session = sessionOf(credentials);
    const sessions = new BotSessions(storage);
    this.client =
      options.client ??
      new DunlinClient({ url, session, sessions, storage, ...(lock === undefined ? {} : { lock }) });
    this.media =
      options.server === undefined ? null : new Media({ server: options.server, session, sessions });
    this.#username = session.username.toLowerCase();
    this.#states = options.states ?? new StoredStates(storage, this.client.user);
    this.#journal = new Journal(storage, this.client.user);
    this.#questions = new Questions(this.client);
    this.#kinds = options.hearBots === true ? null : new Kinds(this.#questions);
    this.#turns = new Turns(options.concurrency ?? CONCURRENCY);
    this.#apology = options.apology === undefined ? APOLOGY : options.apology;
    this.#log = options.log ?? toConsole;
  }

  /** Around everything that is given after it: `async (ctx, next) => { …; await next(); … }`. */
  use(...all: Middleware[]): this {
    if (this.#state !== 'new') throw new Error('the bot has been started');
    this.#all.push(...all);
    return this;
  }

  /** What fits the filter is handled by this, and goes no further. */
  on(filter: Filter, handler: Handler): this {
    return this.use((ctx, next) => (matches(ctx, filter) ? handler(ctx) : next()));
  }

  /** A button with this data was pressed, of a message of the bot's that has it: the server is asked whether that is so. */
  press(data: string | RegExp, handler: Handler): this {
    return this.use(async (ctx, next) => {
      await (matches(ctx, { press: data }) && (await isGenuine(ctx)) ? handler(ctx) : next());
    });
  }

  /**
   * `/name`, or `/name@bot` where several bots listen. `ctx.args` has its words. `/help` lists all commands by their descriptions, unless
   * there is a command of that name.
   * @param name letters, digits and `_`, at most 32
   */
  command(name: string, description: string, handler: Handler): this {
    if (!/^[a-z0-9_]{1,32}$/.test(name)) throw new Error(`${name} is no name of a command`);
    if (this.#commands.has(name)) throw new Error(`there is a command ${name}`);
    // Where the first one stands: what was given before goes around it, what is given behind does not hide it.
    if (this.#commands.size === 0) this.use((ctx, next) => this.#help(ctx, next));
    this.#commands.set(name, description);
    return this.use((ctx, next) => {
      if (ctx.command?.name !== name) return next();
      return handler(ctx);
    });
  }

  /**
   * Says something that is no answer to anything. Resolves when it is kept, to go out with this connection or the next.
   * @param more `once`: what is said again under this name, and of this time, is said once, also after a restart
   * @throws {RefusedError} too_large
   */
  say(
    to: Fields<'message.send'>['to'],
    says: Says,
    more: { replyTo?: number; mentions?: string[]; once?: { name: string; time: number } } = {},
  ): Promise<Sent> {
    const { replyTo, mentions, once } = more;
    const fields: Fields<'message.send'> = {
      ...{ to, content: contentOf(says) },
      ...(replyTo === undefined ? {} : { reply_to: replyTo }),
      ...(mentions === undefined ? {} : { mentions }),
    };
    return this.client.change(
      'message.send',
      fields,
      once && derivedId(this.client.user, `once/${once.name}`, once.time),
    );
  }

  /** Handles first what an earlier run left, and then what comes. Goes on connecting until {@link stop}. */
  async start(): Promise<void> {
    if (this.#state !== 'new') throw new Error('the bot has been started');
    this.#state = 'started';
    this.#all.push((ctx, next) => this.#unknown(ctx, next));
    this.#run = compose(this.#all);
    this.client.keepWith(async (events, write) => {
      const concerning = events.filter((event) => this.#concerns(event));
      await write(concerning.map((event) => this.#journal.entry(event)));
      for (const { conversation, seq } of concerning) this.#add({ conversation, seq });
    });
    this.client.on('refused', ({ command, error }) => {
      this.#log('error', 'something that the bot did was refused', { command, code: error.refusal.code });
    });
    this.client.on('signedOut', () => {
      this.#log('error', 'the token of the bot is good no more: its owner makes another one', {});
      void this.stop();
    });
    for (const place of await this.#journal.left()) this.#add(place);
    await this.client.connect();
  }

  /** Begins nothing more, waits for what has begun, and disconnects. What waits for an answer, or was not begun, is handled at the next start. */
  async stop(): Promise<void> {
    if (this.#state !== 'started') return;
    this.#state = 'stopped';
    const ended = this.#turns.stop();
    this.#asking.stop();
    this.#questions.stop();
    await ended;
    await this.client.close();
  }

  #concerns(event: AnyEvent): boolean {
    const { user } = this.client;
    // Its own streams are not conversations; and who answers itself never ends.
    return event.sender.user !== user && event.conversation !== user && event.type !== 'refused';
  }

  #add(place: Place): void {
    this.#turns.add(place.conversation, (yieldTurn) =>
      this.#handle(place, yieldTurn).catch((error: unknown) => {
        if (error instanceof Stopped) return;
        const message = 'an event could not be handled; it is tried again at the next start';
        this.#log('error', message, { error, ...place });
      }),
    );
  }

  async #handle(place: Place, yieldTurn: () => void): Promise<void> {
    const event = (await this.#journal.event(place)) as BotEvent | undefined;
    // Done before, or an answer that was taken together with its question.
    if (event === undefined) return;
    if (ofMessages.has(event.type) && (await this.#isOfBot(event))) return this.#journal.done([place], []);
    const taken = this.#asking.take(event);
    if (taken !== null) return taken;
    const places = [place];
    const state = await this.#states.load(place.conversation);
    let before = JSON.stringify(state);
    let endTurn = yieldTurn;
    const answer = async (timeoutMs: number) => {
      const asked = this.#asking.wait(event.conversation, event.sender.user, timeoutMs);
      endTurn();
      const came = await asked;
      // In the turn of the answer it goes on.
      endTurn = came.endTurn;
      // Not done before the question is: after a restart both are asked and answered again.
      places.push({ conversation: came.event.conversation, seq: came.event.seq });
      if (JSON.stringify(state) === before) before = await this.#renew(state, place.conversation);
      return came.event;
    };
    const ctx = new Context(event, state, this.client, this.#questions, answer, this.media);
    try {
      const failed = await this.#attempt(ctx);
      if (failed instanceof Stopped) return;
      if (failed === null && JSON.stringify(state) !== before)
        await this.#states.save(place.conversation, state, (beside) => this.#journal.done(places, beside));
      else await this.#journal.done(places, []);
    } finally {
      endTurn();
    }
  }

  async #isOfBot(event: BotEvent): Promise<boolean> {
    return (await this.#kinds?.isBot(event.sender.user)) === true;
  }

  /** What others have changed while an answer was waited for. */
  async #renew(state: State, conversation: string): Promise<string> {
    const now = await this.#states.load(conversation);
    for (const key of Object.keys(state)) delete state[key];
    Object.assign(state, now);
    return JSON.stringify(state);
  }

  /** Null: it went well. */
  async #attempt(ctx: Context): Promise<unknown> {
    try {
      const command = ctx.content?.type === 'text' ? parseCommandText(ctx.text ?? '') : null;
      // For another bot: nothing is said to this one.
      if (command?.bot != null && command.bot !== this.#username) return null;
      ctx.command = command;
      await this.#run(ctx);
      return null;
    } catch (error) {
      if (error instanceof Stopped) return error;
      const { conversation, event } = ctx;
      this.#log('error', 'a handler failed', { error, conversation, seq: event.seq });
      if (this.#apology !== null && event.type === 'message')
        await ctx.reply(this.#apology).catch((failure: unknown) => {
          this.#log('error', 'the user could not be told', { error: failure, conversation });
        });
      return error;
    }
  }

  #help(ctx: Context, next: () => Promise<void>): unknown {
    if (ctx.command?.name !== 'help' || this.#commands.has('help')) return next();
    return ctx.reply(helpText(new Map([...this.#commands, ['help', 'what there is']])));
  }

  /** Behind everything: a command that nobody knows, where nobody else can be meant. */
  #unknown(ctx: Context, next: () => Promise<void>): unknown {
    const { command } = ctx;
    if (command === null || this.#commands.size === 0) return next();
    const isMeant = command.bot !== null || ctx.kind === 'direct';
    return isMeant ? ctx.reply(`There is no /${command.name}: /help lists what there is.`) : next();
  }
}
