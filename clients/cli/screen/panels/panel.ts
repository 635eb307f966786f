import type { Composer } from '../composer.ts';
import { dim, inverted, type Line } from '../spans.ts';

/** What stands in the place of the messages, or beside them, until it is closed. */
export interface Panel {
  readonly title: string;
  /** Where one types; null: nowhere. */
  readonly input: Composer | null;
  lines(width: number, height: number): Line[];
  move(by: number): void;
  /** Enter. True: it has done what it was for, and is closed. */
  choose(): Promise<boolean>;
  /** Something was typed into the input. */
  typed(): void;
  /** Tab. */
  turn(): void;
}

/** Text to scroll through. */
export class TextPanel implements Panel {
  readonly title: string;
  readonly input = null;
  readonly #text: (width: number) => readonly Line[];
  #top = 0;
  #page = 1;

  constructor(title: string, text: (width: number) => readonly Line[]) {
    this.title = title;
    this.#text = text;
  }

  lines(width: number, height: number): Line[] {
    const all = this.#text(width);
    this.#page = height;
    this.#top = Math.max(0, Math.min(this.#top, all.length - height));
    return all.slice(this.#top, this.#top + height);
  }

  move(by: number): void {
    this.#top = Math.max(0, this.#top + (Math.abs(by) > 1 ? Math.sign(by) * (this.#page - 1) : by));
  }

  async choose(): Promise<boolean> {
    return true;
  }
  typed(): void {}
  turn(): void {}
}

export interface Item {
  lines(width: number): Line[];
  choose(): Promise<void>;
}

/** Keeps the chosen one of a list in view. */
export class Choices {
  #items: readonly Item[] = [];
  #at = 0;

  get length(): number {
    return this.#items.length;
  }
  get chosen(): Item | null {
    return this.#items[this.#at] ?? null;
  }

  set(items: readonly Item[]): void {
    this.#items = items;
    this.#at = Math.min(this.#at, Math.max(0, items.length - 1));
  }

  first(): void {
    this.#at = 0;
  }

  move(by: number): void {
    this.#at = Math.max(0, Math.min(this.#items.length - 1, this.#at + by));
  }

  lines(width: number, height: number, empty: string): Line[] {
    if (this.#items.length === 0) return [[dim(empty)]];
    const tall = this.#items[0]!.lines(width).length;
    const fitting = Math.max(1, Math.floor(height / tall));
    const from = Math.max(0, Math.min(this.#at - (fitting >> 1), this.#items.length - fitting));
    return this.#items
      .slice(from, from + fitting)
      .flatMap((item, at) => (from + at === this.#at ? item.lines(width).map(inverted) : item.lines(width)));
  }
}
