import type { Place } from './consuming.ts';

/** A batch of which the handler may say that it has to come again after a crash. */
export class KeptBatch implements Place {
  readonly again = false;
  readonly #onFree: () => void;
  #keeping = 0;

  /** @param onFree told when nobody keeps it any more */
  constructor(onFree: () => void) {
    this.#onFree = onFree;
  }

  get kept(): boolean {
    return this.#keeping > 0;
  }

  keep(): () => void {
    this.#keeping++;
    let kept = true;
    return () => {
      if (!kept) return;
      kept = false;
      if (--this.#keeping === 0) this.#onFree();
    };
  }
}

/** So many are looked through for those that nobody keeps any more. */
const LEAST_PRUNED = 1_024;

/** What of one partition was handled and has to come again after a crash: nothing from the first of it on may be committed. */
export class KeptPlaces<At extends number | bigint> {
  /** In order. */
  #places: { at: At; batch: KeptBatch }[] = [];
  #pruneAt = LEAST_PRUNED;

  /** The batch, which began at `at`, has been handled. */
  add(at: At, batch: KeptBatch): void {
    if (!batch.kept) return;
    this.#places.push({ at, batch });
    if (this.#places.length < this.#pruneAt) return;
    this.#places = this.#places.filter((place) => place.batch.kept);
    this.#pruneAt = Math.max(LEAST_PRUNED, 2 * this.#places.length);
  }

  /** Where the first of it stands. Undefined: there is none. */
  get first(): At | undefined {
    while (this.#places[0]?.batch.kept === false) this.#places.shift();
    return this.#places[0]?.at;
  }
}
