import { type ReadonlySignal, type Signal, signal } from '@preact/signals';

/** What is only passed by, in a list that is scrolled, is not followed; what is left for a moment is followed on. Milliseconds. */
const AFTER_MS = 120;
const ON_FOR_MS = 2_000;

/** Signals of which the host is told as long as somebody looks at them. */
export class FollowedSignals<V> {
  readonly #nothing: V;
  readonly #follow: (key: string) => void;
  readonly #unfollow: (key: string) => void;
  readonly #signals = new Map<string, Signal<V>>();
  readonly #following = new Set<string>();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(nothing: V, follow: (key: string) => void, unfollow: (key: string) => void) {
    this.#nothing = nothing;
    this.#follow = follow;
    this.#unfollow = unfollow;
  }

  get(key: string): ReadonlySignal<V> {
    let known = this.#signals.get(key);
    if (known === undefined) {
      known = signal(this.#nothing, {
        watched: () => this.#later(key, true),
        unwatched: () => this.#later(key, false),
      });
      this.#signals.set(key, known);
    }
    return known;
  }

  set(key: string, value: V): void {
    const known = this.#signals.get(key);
    if (known !== undefined) known.value = value;
  }

  /** A new host knows of nothing that is followed. */
  again(): void {
    for (const key of this.#following) this.#follow(key);
  }

  #later(key: string, wanted: boolean): void {
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
    if (this.#following.has(key) === wanted) return;
    const turn = () => {
      this.#timers.delete(key);
      if (wanted) this.#following.add(key);
      else this.#following.delete(key);
      (wanted ? this.#follow : this.#unfollow)(key);
    };
    this.#timers.set(key, setTimeout(turn, wanted ? AFTER_MS : ON_FOR_MS));
  }
}
