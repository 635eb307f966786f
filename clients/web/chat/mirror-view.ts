import { batch, type Signal, signal } from '@preact/signals';
import type { Conversation, Cursor, Entry } from '../../sdk/index.ts';
import type { Step, ViewChange } from '../host/contract.ts';
import type { LookOptions, View, Where } from './chat.ts';

/** What a view asks of its line: all of it by the view's number. */
export interface ViewLine {
  look(where: Where, options: LookOptions): Promise<ViewChange>;
  step(step: Step): Promise<boolean>;
  leave(): void;
}

/** A host's window on this side: changes come as differences, and what has not changed stays the same object. */
export class MirrorView implements View {
  readonly conversation: Signal<Conversation | null> = signal(null);
  readonly entries: Signal<readonly Entry[]> = signal([]);
  readonly receipts: Signal<Readonly<Record<string, Cursor>>> = signal({});
  readonly atStart = signal(false);
  readonly atEnd = signal(true);
  readonly #where: Where;
  readonly #options: LookOptions;
  readonly #line: ViewLine;
  readonly #byKey = new Map<string, Entry>();

  constructor(where: Where, options: LookOptions, line: ViewLine) {
    this.#where = where;
    this.#options = options;
    this.#line = line;
  }

  async open(): Promise<void> {
    this.apply(await this.#line.look(this.#where, this.#options));
  }

  /** A new host: the same place again. */
  async again(): Promise<void> {
    const id = this.conversation.peek()?.id;
    const numbered = this.entries.peek().filter(({ seq }) => seq !== null);
    const middle = this.atEnd.peek() ? undefined : numbered[numbered.length >> 1]?.seq;
    const change = await this.#line.look(
      id === undefined ? this.#where : { conversation: id },
      this.#options,
    );
    const here = new Set(change.entries.map(({ key }) => key));
    this.apply({ ...change, removed: [...this.#byKey.keys()].filter((key) => !here.has(key)) });
    if (middle != null) await this.jump(middle).catch(() => {});
  }

  apply({ conversation, receipts, atStart, atEnd, entries, removed }: ViewChange): void {
    batch(() => {
      if (!isSame(this.conversation.peek(), conversation)) this.conversation.value = conversation;
      if (!isSame(this.receipts.peek(), receipts)) this.receipts.value = receipts;
      this.atStart.value = atStart;
      this.atEnd.value = atEnd;
      if (entries.length === 0 && removed.length === 0) return;
      for (const key of removed) this.#byKey.delete(key);
      for (const entry of entries) this.#byKey.set(entry.key, entry);
      // What has no number yet is at the end, in the order in which it came: the sort is stable.
      const order = ({ seq }: Entry) => seq ?? Number.POSITIVE_INFINITY;
      this.entries.value = [...this.#byKey.values()].sort((a, b) => {
        const [one, other] = [order(a), order(b)];
        return one === other ? 0 : one - other;
      });
    });
  }

  older(): Promise<boolean> {
    return this.#line.step({ to: 'older' });
  }
  newer(): Promise<boolean> {
    return this.#line.step({ to: 'newer' });
  }
  async latest(): Promise<void> {
    await this.#line.step({ to: 'latest' });
  }
  async jump(seq: number): Promise<void> {
    await this.#line.step({ to: 'seq', seq });
  }
  close(): void {
    this.#line.leave();
  }
}

/** Of plain data, made in the same way both times. */
const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
