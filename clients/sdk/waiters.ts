interface Waiter {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** Those who wait for something that has a name, each until it is there, or known never to come. */
export class Waiters {
  readonly #waiting = new Map<string, Waiter>();

  wait<R>(name: string): Promise<R> {
    return new Promise<R>((resolve, reject) => {
      this.#waiting.set(name, { resolve: resolve as (value: unknown) => void, reject });
    });
  }

  /** True when somebody waited. */
  resolve(name: string, value: unknown): boolean {
    return this.#settle(name, (waiter) => waiter.resolve(value));
  }

  /** True when somebody waited. */
  reject(name: string, error: Error): boolean {
    return this.#settle(name, (waiter) => waiter.reject(error));
  }

  rejectAll(error: Error): void {
    for (const name of [...this.#waiting.keys()]) this.reject(name, error);
  }

  #settle(name: string, how: (waiter: Waiter) => void): boolean {
    const waiter = this.#waiting.get(name);
    if (waiter === undefined) return false;
    this.#waiting.delete(name);
    how(waiter);
    return true;
  }
}
