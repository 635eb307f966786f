import type { Destination } from '../../../sdk/index.ts';
import type { App } from '../../app.ts';
import { Composer } from '../composer.ts';
import { bold, dim, type Line, span } from '../spans.ts';
import { Choices, type Item, type Panel } from './panel.ts';

/** Most that are listed: who looks further types more. */
const MOST_LISTED = 100;

/** Jumps to a conversation or a person: what is known is listed as one types; Enter on a name that is not asks the server. */
export class PickerPanel implements Panel {
  readonly title: string;
  readonly input = new Composer();
  readonly #app: App;
  readonly #pick: (where: Destination) => Promise<void>;
  readonly #choices = new Choices();
  /** Only what is there already: to forward to. */
  readonly #conversationsOnly: boolean;

  constructor(
    app: App,
    title: string,
    pick: (where: Destination) => Promise<void>,
    conversationsOnly = false,
  ) {
    this.#app = app;
    this.title = title;
    this.#pick = pick;
    this.#conversationsOnly = conversationsOnly;
    this.typed();
  }

  lines(width: number, height: number): Line[] {
    const empty = this.#conversationsOnly
      ? 'No such conversation.'
      : 'Nobody known here: Enter asks the server for this name.';
    return [
      [span('❯ ', { color: 'cyan' }), bold(this.input.text)],
      [],
      ...this.#choices.lines(width, height - 2, empty),
    ];
  }

  move(by: number): void {
    this.#choices.move(by);
  }
  turn(): void {}

  typed(): void {
    const wanted = this.input.text.trim().toLowerCase().replace(/^@/, '');
    const app = this.#app;
    const conversations = app.conversations
      .map((conversation) => ({ title: app.title(conversation), conversation }))
      .filter(({ title }) => title.toLowerCase().includes(wanted))
      .map(
        ({ title, conversation }): Ranked => ({
          rank: rankOf(title.toLowerCase(), wanted),
          item: this.#item(title, conversation.kind === 'group' ? 'group' : '', {
            conversation: conversation.id,
          }),
        }),
      );
    const people = this.#conversationsOnly
      ? []
      : app.names.known
          .filter(({ id }) => app.store.directWith(id) === null)
          .filter(({ name, username }) => [name.toLowerCase(), username].some((s) => s.includes(wanted)))
          .map(
            ({ id, name, username }): Ranked => ({
              rank: 2 + Math.min(rankOf(name.toLowerCase(), wanted), rankOf(username, wanted)),
              item: this.#item(name, `@${username}`, { user: id }),
            }),
          );
    const ranked = [...conversations, ...people].sort((a, b) => a.rank - b.rank).slice(0, MOST_LISTED);
    this.#choices.first();
    this.#choices.set(ranked.map(({ item }) => item));
  }

  async choose(): Promise<boolean> {
    const { chosen } = this.#choices;
    const typed = this.input.text.trim();
    if (chosen !== null) await chosen.choose();
    else if (typed === '' || this.#conversationsOnly) return false;
    else await this.#pick({ user: await this.#app.names.find(typed) });
    return true;
  }

  #item(title: string, about: string, where: Destination): Item {
    return { lines: () => [[span(` ${title} `), dim(about)]], choose: () => this.#pick(where) };
  }
}

interface Ranked {
  rank: number;
  item: Item;
}

/** What begins so is likelier. */
const rankOf = (title: string, wanted: string): number =>
  title.startsWith(wanted) ? 0 : title.includes(wanted) ? 1 : 2;
