import { RefusedError } from '../sdk/index.ts';
import type { Questions } from './questions.ts';

/** Users of whom it is remembered what they are. */
const MOST = 10_000;

/** Who is a bot. An account is what it is for good, so each is asked about once. */
export class Kinds {
  readonly #questions: Questions;
  readonly #areBots = new Map<string, boolean>();

  constructor(questions: Questions) {
    this.#questions = questions;
  }

  async isBot(user: string): Promise<boolean> {
    const known = this.#areBots.get(user);
    if (known !== undefined) return known;
    const isBot = await this.#ask(user);
    if (this.#areBots.size >= MOST) this.#areBots.delete(this.#areBots.keys().next().value!);
    this.#areBots.set(user, isBot);
    return isBot;
  }

  async #ask(user: string): Promise<boolean> {
    try {
      const { kind } = await this.#questions.ask('profile.get', { user });
      return kind === 'bot';
    } catch (error) {
      // There is nobody of that id any more: nobody who answers for ever.
      if (error instanceof RefusedError) return false;
      throw error;
    }
  }
}
