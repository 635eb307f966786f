import type { OnlineUsers } from './online-users.ts';

/** Who is online, in memory: of one node, or in tests of several in one process. */
export class OnlineInMemory {
  readonly #nodes = new Set<Node>();
  /** How many nodes have a device of the user. */
  readonly #counts = new Map<string, number>();

  node(): OnlineUsers {
    const node = new Node({
      count: (user) => this.#counts.get(user) ?? 0,
      add: (user, by) => this.#add(user, by),
      end: () => this.#nodes.delete(node),
    });
    this.#nodes.add(node);
    return node;
  }

  #add(user: string, by: 1 | -1): void {
    const before = this.#counts.get(user) ?? 0;
    const after = before + by;
    if (after === 0) this.#counts.delete(user);
    else this.#counts.set(user, after);
    if (before === 0 || after === 0) for (const node of this.#nodes) node.tell(user, after > 0);
  }
}

interface Shared {
  count(user: string): number;
  add(user: string, by: 1 | -1): void;
  end(): void;
}

class Node implements OnlineUsers {
  readonly #shared: Shared;
  readonly #own = new Set<string>();
  readonly #watched = new Set<string>();
  readonly #listeners = new Set<(user: string, online: boolean) => void>();

  constructor(shared: Shared) {
    this.#shared = shared;
  }

  came(user: string): void {
    if (this.#own.has(user)) return;
    this.#own.add(user);
    this.#shared.add(user, 1);
  }
  left(user: string): void {
    if (this.#own.delete(user)) this.#shared.add(user, -1);
  }
  online(user: string): boolean {
    return this.#shared.count(user) > 0;
  }
  among(users: readonly string[]): ReadonlySet<string> {
    return new Set(users.filter((user) => this.online(user)));
  }
  watch(user: string): void {
    this.#watched.add(user);
  }
  unwatch(user: string): void {
    this.#watched.delete(user);
  }
  onChange(listener: (user: string, online: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  async stop(): Promise<void> {
    this.#listeners.clear();
    this.#shared.end();
    for (const user of [...this.#own]) this.left(user);
  }

  tell(user: string, online: boolean): void {
    if (this.#watched.has(user)) for (const listener of this.#listeners) listener(user, online);
  }
}
