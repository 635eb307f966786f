import { setTimeout as pause } from 'node:timers/promises';
import { login } from '../harness/account.ts';
import type { Reachable } from '../harness/server.ts';
import { Chatter } from './chatter.ts';
import type { Chatting, Someone } from './someone.ts';

const EVERY_MS = 4_000;
const RETRY_MS = 500;

/** Devices that their users sign in on while everybody chats, and that take part from then on. */
export class Newcomers {
  /** Signed in, and the user was told so. */
  count = 0;
  /** By user id: sign-ins without an answer, each of which may have made a device all the same. */
  readonly unanswered = new Map<string, number>();
  lastError = '';
  readonly #crowd: Chatting;
  readonly #server: Reachable;

  constructor(crowd: Chatting, server: Reachable) {
    this.#crowd = crowd;
    this.#server = server;
  }

  /** As long as they chat. */
  async run(): Promise<void> {
    for (let n = 0; ; n++) {
      await pause(EVERY_MS);
      if (!this.#crowd.chatting) return;
      // From the end: those have the fewest devices.
      await this.#signIn(this.#crowd.people.at(-1 - (n % this.#crowd.people.length))!);
    }
  }

  async #signIn({ account, devices }: Someone): Promise<void> {
    for (; !this.#crowd.disposed; await pause(RETRY_MS)) {
      try {
        const signedIn = await login(this.#server, account);
        devices.push(new Chatter(this.#server, signedIn, this.#crowd.sent.size));
        this.count++;
        return;
      } catch (error) {
        this.unanswered.set(account.user, (this.unanswered.get(account.user) ?? 0) + 1);
        this.lastError = String(error);
      }
    }
  }
}
