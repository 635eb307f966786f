/**
 * Values by key, where most keys have one value and few have many, such as the devices of users: a set for each would cost more
 * than what is in it.
 */
export class OneOrMany<V extends object> {
  readonly #values = new Map<string, V | Set<V>>();

  add(key: string, value: V): void {
    const known = this.#values.get(key);
    if (known === undefined) this.#values.set(key, value);
    else if (known instanceof Set) known.add(value);
    else if (known !== value) this.#values.set(key, new Set([known, value]));
  }

  delete(key: string, value: V): void {
    const known = this.#values.get(key);
    if (known === value) this.#values.delete(key);
    else if (known instanceof Set && known.delete(value) && known.size === 0) this.#values.delete(key);
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  /** Undefined: none. */
  of(key: string): Iterable<V> | undefined {
    const known = this.#values.get(key);
    return known === undefined || known instanceof Set ? known : [known];
  }

  *all(): Iterable<V> {
    for (const known of this.#values.values()) {
      if (known instanceof Set) yield* known;
      else yield known;
    }
  }
}
