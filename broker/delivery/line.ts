import type { Position } from './position.ts';

/**
 * Positions in a row, first in, first out. Linked through the positions themselves, as a device may have thousands
 * and most devices have none waiting; so a position is in one line at most.
 */
export class Line {
  #first: Position | null = null;
  #last: Position | null = null;

  get empty(): boolean {
    return this.#first === null;
  }

  push(position: Position): void {
    if (this.#last === null) this.#first = position;
    else this.#last.behind = position;
    this.#last = position;
  }

  shift(): Position | null {
    const position = this.#first;
    if (position === null) return null;
    this.#first = position.behind;
    if (this.#first === null) this.#last = null;
    position.behind = null;
    return position;
  }
}
