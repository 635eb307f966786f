import { type Call, callsOf, HOSTS, OPEN } from '../host/calls.ts';
import { type Port, portOf } from '../host/port.ts';

/** What tabs agree by. */
export interface SeatParts {
  /** Of the host's script: tabs of one version share a host. */
  path: string;
  locks: Pick<LockManager, 'request'>;
  channel(name: string): BroadcastChannel;
  /** Begins a host in this page, for all tabs. Closing its port ends it. */
  begin(): Port;
}

/**
 * One host for all tabs, where there is no SharedWorker: it runs in a worker of the tab that has the seat, a Web Lock for which the others
 * wait in a line. Nobody takes it away: it is free when its tab closes, or gives it up. The other tabs call the host on a channel that all
 * hear (host/calls.ts), and speak with it on one of their own.
 */
export class Seat {
  readonly #parts: SeatParts;
  /** Lines of this page that have not reached a host. */
  readonly #waiting = new Set<SeatPort>();
  readonly #calls: BroadcastChannel;
  /** Ends having the seat, or waiting for it; null: neither. */
  #leave: (() => void) | null = null;
  #mine = false;
  /** The host that runs here. */
  #host: Port | null = null;
  /** A host of another version has begun: it is not to be put out by one of this. */
  #over = false;

  constructor(parts: SeatParts) {
    this.#parts = parts;
    this.#calls = parts.channel(callsOf(parts.path));
    this.#calls.onmessage = ({ data }: MessageEvent<Call>) => {
      if ('here' in data) for (const port of this.#waiting) this.#call(port);
    };
    parts.channel(HOSTS).onmessage = ({ data }: MessageEvent) => {
      if (data === parts.path) return;
      this.#over = true;
      // Who has the host stays, to tell its tabs.
      if (!this.#mine) this.giveUp();
    };
  }

  /** A line to the host, wherever it runs; what is said meanwhile waits until there is one. */
  port(): Port {
    const name = `dunlin-line-${Array.from(crypto.getRandomValues(new Uint32Array(4))).join('-')}`;
    const channel = this.#parts.channel(name);
    const port = new SeatPort(name, portOf(channel));
    let host: Port | null = null;
    port.onOpen = () => {
      host = this.#host;
      this.#waiting.delete(port);
    };
    port.onClose = () => {
      this.#waiting.delete(port);
      // A host of ours that does not answer is not kept: the next line begins another.
      if (host === this.#host) this.#endHost();
    };
    this.#waiting.add(port);
    if (this.#mine && this.#host === null) this.#serve();
    else this.#call(port);
    this.#takeSeat();
    return port;
  }

  /** For a page that is about to be frozen, or to go: another tab is to have the seat. */
  giveUp(): void {
    this.#endHost();
    this.#leave?.();
    this.#leave = null;
    this.#mine = false;
  }

  /** After {@link giveUp}, for a page that is back. */
  takeUp(): void {
    this.#takeSeat();
  }

  #takeSeat(): void {
    if (this.#leave !== null || this.#over) return;
    const abort = new AbortController();
    const kept = new Promise<void>((resolve) => {
      this.#leave = () => {
        abort.abort();
        resolve();
      };
    });
    this.#parts.locks
      .request(`dunlin-seat ${this.#parts.path}`, { signal: abort.signal }, () => {
        if (abort.signal.aborted) return;
        this.#mine = true;
        this.#serve();
        return kept;
      })
      .catch(() => {}); // given up while it waited
  }

  #call(port: SeatPort): void {
    this.#calls.postMessage({ call: port.name } satisfies Call);
  }

  /** With the seat: there is a host, and a line of this page that waits has the short way to it. */
  #serve(): void {
    if (this.#host !== null) return;
    this.#host = this.#parts.begin();
    const [first] = this.#waiting;
    first?.open(this.#host);
  }

  #endHost(): void {
    this.#host?.close();
    this.#host = null;
  }
}

/** A line that is not there yet: over the channel that was called with, when the host opens it, or straight to one that begins here. */
class SeatPort implements Port {
  readonly name: string;
  readonly #far: Port;
  #to: Port | null = null;
  #held: unknown[] = [];
  onOpen: () => void = () => {};
  onClose: () => void = () => {};
  onMessage: (message: unknown) => void = () => {};

  constructor(name: string, far: Port) {
    this.name = name;
    this.#far = far;
    far.onMessage = (message) => {
      if (this.#to === far) this.onMessage(message);
      else if (this.#to === null && message === OPEN) this.open(far);
    };
  }

  open(to: Port): void {
    this.#to = to;
    if (to !== this.#far) {
      this.#far.close();
      to.onMessage = (message) => this.onMessage(message);
    }
    this.onOpen();
    for (const message of this.#held.splice(0)) to.post(message);
  }

  post(message: unknown): void {
    if (this.#to === null) this.#held.push(message);
    else this.#to.post(message);
  }

  close(): void {
    this.#far.close();
    this.onClose();
  }
}
