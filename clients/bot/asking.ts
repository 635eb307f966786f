import type { BotEvent } from './event.ts';

/** The bot is being stopped: what waits is handled again when it is back. */
export class Stopped extends Error {}

/** Who was asked did not answer, or was asked something else. */
export class NoAnswer extends Error {
  constructor(message = 'there was no answer') {
    super(message);
    this.name = 'NoAnswer';
  }
}

/** An answer, whose turn lasts until it is ended. */
export interface Answer {
  event: BotEvent;
  endTurn(): void;
}

interface Waiting {
  answered(answer: Answer): void;
  failed(error: Error): void;
}

/** Who has been asked something, and waits for what they say next. */
export class Asking {
  readonly #waiting = new Map<string, Waiting>();

  /** One question at a time for each user of a conversation: the newer one ends the older. */
  wait(conversation: string, user: string, timeoutMs: number): Promise<Answer> {
    const key = `${conversation}/${user}`;
    this.#waiting.get(key)?.failed(new NoAnswer('something else was asked'));
    return new Promise<Answer>((resolve, reject) => {
      const over = () => {
        clearTimeout(timer);
        if (this.#waiting.get(key) === waiting) this.#waiting.delete(key);
      };
      const waiting: Waiting = {
        answered(answer) {
          over();
          resolve(answer);
        },
        failed(error) {
          over();
          reject(error);
        },
      };
      const timer = setTimeout(() => waiting.failed(new NoAnswer()), timeoutMs);
      this.#waiting.set(key, waiting);
    });
  }

  /** Null: nobody waits for it. Else it is taken, and resolves when its turn is over. */
  take(event: BotEvent): Promise<void> | null {
    if (event.type !== 'message') return null;
    const waiting = this.#waiting.get(`${event.conversation}/${event.sender.user}`);
    if (waiting === undefined) return null;
    return new Promise((endTurn) => waiting.answered({ event, endTurn }));
  }

  stop(): void {
    for (const waiting of [...this.#waiting.values()]) waiting.failed(new Stopped());
  }
}
