import { setTimeout as pause } from 'node:timers/promises';
import { uuidv7 } from 'uuidv7';
import type { Chatting, Someone } from './someone.ts';

/** A change of the members of a group, as it was accepted. */
export interface MemberChange {
  id: string;
  what: 'add' | 'remove' | 'leave';
  user: string;
}

interface Group {
  conversation: string;
  owner: Someone;
  /** Who comes and goes; nobody of them writes there. */
  guests: readonly Someone[];
}

/** People who are added to groups, removed from them, and leave: in each group one after the other, so that it is known who is in it. */
export class ComingAndGoing {
  /** By group, in the order in which they were accepted. */
  readonly changes = new Map<string, MemberChange[]>();
  readonly #crowd: Chatting;
  readonly #everyMs: number;
  readonly #groups: Group[] = [];

  constructor(crowd: Chatting, everyMs: number) {
    this.#crowd = crowd;
    this.#everyMs = everyMs;
  }

  open(conversation: string, owner: Someone, guests: readonly Someone[]): void {
    this.#groups.push({ conversation, owner, guests });
    this.changes.set(conversation, []);
  }

  /** Changes of all groups. */
  get count(): number {
    return [...this.changes.values()].reduce((sum, { length }) => sum + length, 0);
  }

  /** As long as they chat. */
  async run(): Promise<void> {
    await Promise.all(this.#groups.map((group) => this.#lane(group)));
  }

  async #lane({ conversation, owner, guests }: Group): Promise<void> {
    const inside = new Set<Someone>();
    const made = this.changes.get(conversation)!;
    await pause(Math.random() * this.#everyMs);
    while (this.#crowd.chatting) {
      const guest = guests[Math.floor(Math.random() * guests.length)]!;
      const { user } = guest.account;
      const what = !inside.has(guest) ? 'add' : Math.random() < 0.5 ? 'remove' : 'leave';
      const command = { id: uuidv7(), type: `group.${what}`, conversation };
      const accepted =
        what === 'leave'
          ? await this.#crowd.does(guest, command)
          : await this.#crowd.does(owner, { ...command, users: [user] });
      if (!accepted) return;
      made.push({ id: command.id, what, user });
      if (what === 'add') inside.add(guest);
      else inside.delete(guest);
      await pause(this.#everyMs * (0.5 + Math.random()));
    }
  }
}
