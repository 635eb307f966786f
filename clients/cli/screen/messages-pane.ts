import type { App } from '../app.ts';
import type { OpenChat } from '../open-chat.ts';
import { blockOf } from './message-block.ts';
import { type Blocks, type Edge, inView, revealing, scrolled } from './scroll.ts';
import { centred, dim, type Line, span } from './spans.ts';

/** What the lower edge of the view stays at when messages come and go; null: the newest. */
export interface Anchor {
  key: string;
  seq: number | null;
  below: number;
}

/** The messages of the open conversation, scrolled. Lays out what is in view, and no more. */
export class MessagesPane {
  anchor: Anchor | null = null;
  /** The key of the selected message. */
  selected: string | null = null;
  readonly #app: App;
  readonly #colors: boolean;
  #width = 40;
  #height = 10;
  /** What is laid out for this picture, by the place of the entry. */
  #laid = new Map<number, Line[]>();

  constructor(app: App, colors: boolean) {
    this.#app = app;
    this.#colors = colors;
  }

  reset(): void {
    this.anchor = null;
    this.selected = null;
  }

  /** Rows that a page has. */
  get page(): number {
    return Math.max(1, this.#height - 2);
  }

  lines(open: OpenChat, width: number, height: number): Line[] {
    this.#width = width;
    this.#height = height;
    const edge = this.#edge(open);
    const blocks = this.#blocks(open);
    const behind = open.entries.length - 1 - edge.index;
    const hidden = behind > 0 || edge.below > 0 || !open.window.atEnd;
    const rows: Line[] = [];
    const room = hidden ? height - 1 : height;
    for (const { index, first, rows: count } of inView(blocks, edge, room))
      rows.push(...this.#block(open, index).slice(first, first + count));
    if (rows.length < room && open.entries.length === 0) rows.push(centred([dim('No messages yet.')], width));
    const padding = Array.from({ length: Math.max(0, room - rows.length) }, (): Line => []);
    const below = behind > 0 && open.window.atEnd ? `↓ ${behind} more` : '↓ more';
    return [
      ...padding,
      ...rows,
      ...(hidden ? [centred([span(` ${below} · End `, { inverse: true })], width)] : []),
    ];
  }

  /** Back where `rows` is positive, on where it is negative. Pages come from the storage and the server as they are reached. */
  async scroll(open: OpenChat, rows: number): Promise<void> {
    const before = this.#edge(open);
    const blocks = this.#blocks(open);
    const edge = scrolled(blocks, before, rows, this.#height);
    const left = rows - rowsBetween(blocks, before, edge);
    this.#settle(open, edge);
    // What was out of reach is there then: the rest of the way.
    if (rows > 0 && edge.hitStart && !open.window.atStart && (await open.window.older()) && left > 0)
      this.#settle(open, scrolled(this.#blocks(open), this.#edge(open), left, this.#height));
    if (rows < 0 && !open.window.atEnd && edge.index >= open.entries.length - 1) await open.window.newer();
  }

  async newest(open: OpenChat): Promise<void> {
    this.anchor = null;
    if (!open.window.atEnd) await open.window.latest();
  }

  /** Goes to a message, wherever it is in the conversation. @throws when it is not here, and there is no connection */
  async jump(open: OpenChat, seq: number): Promise<void> {
    if (open.message(seq) === null) await open.window.jump(seq);
    const entry = open.entries.findLast((other) => other.seq !== null && other.seq <= seq);
    if (entry === undefined) return;
    this.selected = entry.type === 'message' ? entry.key : null;
    this.#reveal(open, open.entries.indexOf(entry));
  }

  /** To where the unread begin; nothing when they all fit. */
  showUnread(open: OpenChat): void {
    const at = open.entries.findIndex(
      ({ seq, sender }) => seq !== null && seq > open.readBefore && sender !== this.#app.me,
    );
    if (at === -1 || open.readBefore === 0) return;
    this.#reveal(open, at, { index: at, below: 0 });
  }

  /** Selects the next message back, or on. False: there is none. */
  async select(open: OpenChat, by: -1 | 1): Promise<boolean> {
    let at = open.entries.findIndex(({ key }) => key === this.selected);
    if (at === -1) at = by === -1 ? this.#edge(open).index + 1 : open.entries.length;
    do at += by;
    while (open.entries[at]?.type === 'notice');
    if (at < 0) {
      const { key } = open.entries[0] ?? {};
      if (!(await open.window.older().catch(() => false)) || key === undefined) return false;
      at = open.entries.findIndex((entry) => entry.key === key) - 1;
      while (open.entries[at]?.type === 'notice') at--;
    }
    if (at >= open.entries.length && !(await open.window.newer().catch(() => false))) return false;
    const entry = open.entries[at];
    if (entry === undefined) return false;
    this.selected = entry.key;
    this.#reveal(open, at);
    return true;
  }

  #reveal(open: OpenChat, at: number, edge = this.#edge(open)): void {
    this.#settle(open, revealing(this.#blocks(open), edge, at, this.#height - 1));
  }

  #settle(open: OpenChat, { index, below }: Edge): void {
    const entry = open.entries[index];
    const newest = index >= open.entries.length - 1 && below === 0 && open.window.atEnd;
    this.anchor = newest || entry === undefined ? null : { key: entry.key, seq: entry.seq, below };
  }

  #edge(open: OpenChat): Edge {
    const { entries } = open;
    const end = { index: entries.length - 1, below: 0 };
    const { anchor } = this;
    if (anchor === null) return end;
    let index = entries.findIndex(({ key }) => key === anchor.key);
    if (index === -1)
      index = entries.findLastIndex(({ seq }) => seq !== null && anchor.seq !== null && seq <= anchor.seq);
    if (index === -1) return end;
    return { index, below: Math.min(anchor.below, this.#blocks(open).height(index) - 1) };
  }

  #blocks(open: OpenChat): Blocks {
    // Once for each picture, however often it is asked for.
    this.#laid = new Map();
    return { count: open.entries.length, height: (index) => this.#block(open, index).length };
  }

  #block(open: OpenChat, index: number): Line[] {
    let rows = this.#laid.get(index);
    if (rows === undefined) {
      rows = blockOf(this.#app, open, index, {
        width: this.#width,
        colors: this.#colors,
        selected: open.entries[index]!.key === this.selected,
      });
      this.#laid.set(index, rows);
    }
    return rows;
  }
}

/** How many rows further back the second edge is; both in the same blocks. */
function rowsBetween(blocks: Blocks, from: Edge, to: Edge): number {
  let rows = to.below - from.below;
  for (let at = from.index; at > to.index; at--) rows += blocks.height(at);
  return rows;
}
