import type { StoredMessage } from '../../../sdk/index.ts';
import type { App } from '../../app.ts';
import { dateTime } from '../../commands/command.ts';
import { oneLine } from '../../text/printable.ts';
import { textOf } from '../../text/said.ts';
import { Composer } from '../composer.ts';
import { bold, dim, type Line, span, spread } from '../spans.ts';
import { Choices, type Item, type Panel } from './panel.ts';

/** Finds messages, here and on the server. Enter searches, then goes to the one that is chosen. */
export class SearchPanel implements Panel {
  readonly input = new Composer();
  readonly #app: App;
  readonly #goTo: (message: StoredMessage) => Promise<void>;
  readonly #choices = new Choices();
  /** What the results are of; null: none yet. */
  #searched: string | null = null;
  #searching = false;
  /** In the open conversation only. */
  #here = false;

  constructor(app: App, goTo: (message: StoredMessage) => Promise<void>) {
    this.#app = app;
    this.#goTo = goTo;
  }

  get title(): string {
    return `Search ${this.#here ? 'in this conversation' : 'everywhere'} (Tab changes)`;
  }

  lines(width: number, height: number): Line[] {
    const { text } = this.input;
    const empty = this.#searching
      ? 'Searching…'
      : this.#searched === null
        ? 'Type words, then Enter.'
        : this.#searched === text
          ? 'Nothing found.'
          : 'Enter searches.';
    return [
      [span('❯ ', { color: 'cyan' }), bold(text)],
      [],
      ...this.#choices.lines(width, height - 2, empty),
    ];
  }

  move(by: number): void {
    this.#choices.move(by);
  }
  typed(): void {}
  turn(): void {
    this.#here = !this.#here && this.#app.open?.conversation != null;
    this.#searched = null;
    this.#choices.set([]);
  }

  async choose(): Promise<boolean> {
    const text = this.input.text.trim();
    if (text === '') return false;
    if (text === this.#searched) {
      const { chosen } = this.#choices;
      await chosen?.choose();
      return chosen !== null;
    }
    this.#searched = text;
    this.#searching = true;
    this.#choices.set([]);
    this.#app.onChange();
    try {
      const where = this.#here ? this.#app.open?.conversation?.id : undefined;
      const found = await this.#app.search(text, where);
      // Another search was begun meanwhile.
      if (this.#searched !== text) return false;
      this.#choices.first();
      this.#choices.set(found.map((message) => this.#item(message)));
    } finally {
      this.#searching = false;
      this.#app.onChange();
    }
    return false;
  }

  #item(message: StoredMessage): Item {
    const app = this.#app;
    return {
      lines: (width) => [
        spread(
          [
            bold(message.conversation === null ? '' : app.title({ conversation: message.conversation })),
            dim(` ${message.sender === app.me ? 'you' : app.names.of(message.sender)}`),
          ],
          [dim(message.time === null ? '' : dateTime(message.time))],
          width,
        ),
        [span(`  ${oneLine(textOf(message))}`)],
      ],
      choose: () => this.#goTo(message),
    };
  }
}
