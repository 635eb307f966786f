import { RefusedError } from '../../sdk/session.ts';
import { StorageFullError } from '../../sdk/storage.ts';
import type { Answer, Failure, Method, Methods, Push, Welcome } from '../host/contract.ts';
import { live, onEnd } from '../host/life.ts';
import type { Port } from '../host/port.ts';

/** A host that says nothing for so long is taken for dead, milliseconds. A slow disk is slower than one thinks. */
const HELLO_MS = 10_000;
const PING_MS = 5_000;
const AGAIN_MS = 500;
/** So many shared hosts in a row that do not answer, and the tab takes one of its own. */
const TRIES_SHARED = 2;

/** Not asked again of the next host when one dies before it has answered. All else does no harm twice: messages have ids. */
const once: ReadonlySet<Method> = new Set<Method>(['register', 'login', 'setEmail', 'look', 'step']);

interface Asked {
  method: Method;
  given: unknown[];
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** A page's line to its host. When the host dies it finds the next one, and asks again what can be asked again. */
export class Line {
  readonly #open: (shared: boolean) => Port;
  readonly #tab = live('tab');
  readonly #asked = new Map<number, Asked>();
  #port: Port | null = null;
  #ready = false;
  #last = 0;
  #failed = 0;
  #unwatch: () => void = () => {};
  #closed = false;
  #superseded = false;
  /** A host has been reached, the first one or another. */
  onWelcome: (welcome: Welcome) => void = () => {};
  /** There is a host, and it cannot work: nothing can be kept here. */
  onBroken: (error: Error) => void = () => {};
  onPush: (push: Push) => void = () => {};
  onAsk: (method: Method, given: unknown[]) => void = () => {};
  /** The host has gone; the next one is looked for. */
  onLost: () => void = () => {};

  constructor(open: (shared: boolean) => Port) {
    this.#open = open;
  }

  /** Until {@link close}. Again, after `onBroken`: tries again. */
  async connect(): Promise<void> {
    const tab = await this.#tab;
    if (this.#closed) return;
    const port = this.#open(this.#failed < TRIES_SHARED);
    this.#port = port;
    port.onMessage = (message) => this.#took(port, message as Answer | Push);
    const silent = setTimeout(() => {
      this.#failed++;
      this.#lost(port);
    }, HELLO_MS);
    try {
      const welcome = (await this.#post(port, 'hello', [tab])) as Welcome;
      if (this.#port !== port) return;
      this.#failed = 0;
      this.#ready = true;
      this.#unwatch = onEnd(welcome.host, () => this.#lost(port));
      // What is asked at the welcome goes out by itself.
      const before = [...this.#asked];
      this.onWelcome(welcome);
      for (const [id, { method, given }] of before) port.post({ id, method, given });
    } catch (error) {
      if (this.#port === port) this.onBroken(error as Error);
    } finally {
      clearTimeout(silent);
    }
  }

  /** @throws {RefusedError}, {StorageFullError}, or an Error when the host died on the way to what cannot be asked again */
  ask<M extends Method>(method: M, ...given: Parameters<Methods[M]>): Promise<ReturnType<Methods[M]>> {
    this.onAsk(method, given);
    const port = this.#ready ? this.#port : null;
    return this.#post(port, method, given) as Promise<ReturnType<Methods[M]>>;
  }

  /** For a page that was away: is the host still there? */
  async check(): Promise<void> {
    const port = this.#port;
    if (port === null || !this.#ready) return;
    const silent = setTimeout(() => this.#lost(port), PING_MS);
    await this.ask('ping').catch(() => {});
    clearTimeout(silent);
  }

  /** What has been asked of these, and not been answered yet; in the order of asking. */
  unanswered(methods: ReadonlySet<Method>): { method: Method; given: unknown[] }[] {
    return [...this.#asked.values()]
      .filter(({ method }) => methods.has(method))
      .map(({ method, given }) => ({ method, given }));
  }

  close(): void {
    this.#closed = true;
    this.#unwatch();
    this.#port?.close();
    this.#port = null;
  }

  #post(port: Port | null, method: Method, given: unknown[]): Promise<unknown> {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      // A greeting is of this host alone.
      this.#asked.set(id, { method, given, resolve, reject });
      port?.post({ id, method, given });
    });
  }

  #took(port: Port, message: Answer | Push): void {
    if (this.#port !== port) return;
    if ('push' in message) {
      // Whoever took the connection would lose it to the next host of this page.
      if (message.push === 'superseded') this.#superseded = true;
      return this.onPush(message);
    }
    const asked = this.#asked.get(message.id);
    this.#asked.delete(message.id);
    if ('failure' in message) asked?.reject(errorOf(message.failure));
    else asked?.resolve(message.value);
  }

  #lost(port: Port): void {
    if (this.#port !== port || this.#closed) return;
    this.#unwatch();
    port.close();
    this.#port = null;
    this.#ready = false;
    for (const [id, { method, reject }] of [...this.#asked]) {
      if (method !== 'hello' && !once.has(method)) continue;
      this.#asked.delete(id);
      reject(new Error('the host has gone'));
    }
    this.onLost();
    if (this.#superseded) return;
    setTimeout(() => void this.connect(), AGAIN_MS);
  }
}

function errorOf(failure: Failure): Error {
  if (failure.name === 'refused') return new RefusedError(failure.refusal);
  return failure.name === 'full' ? new StorageFullError() : new Error(failure.message);
}
