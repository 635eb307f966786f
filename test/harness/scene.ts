import { after, before } from 'node:test';
import { unlimited } from './flags.ts';
import { Person, type Way } from './person.ts';
import { type Reachable, Server } from './server.ts';

/** What the people of a scene are on: one server, or several processes that are one to them. */
export interface Stage extends Reachable, Pick<Server, 'kill9' | 'start' | 'dispose'> {
  /** For how long what was done at one process may be unknown to another, milliseconds; absent: it is known at once. */
  readonly patienceMs?: number;
}

let startStage = (flags: string[]): Promise<Stage> => Server.started({ flags: [...unlimited, ...flags] });

/** Has every scene that comes after this play elsewhere. */
export function setTheStage(start: typeof startStage): void {
  startStage = start;
}

/**
 * A server for the tests of one `describe`, which calls this in its body, and the people on it: at the end they leave, and everything
 * that they were sent is held against the published contract.
 */
export function scene(...flags: string[]) {
  const people: Person[] = [];
  let started: Stage;
  before(async () => {
    started = await startStage(flags);
  });
  after(async () => {
    for (const person of people) person.drop();
    await started?.dispose();
    for (const person of people) person.keptToTheContract();
  });
  const kept = (person: Person): Person => {
    people.push(person);
    return person;
  };
  return {
    get server(): Stage {
      return started;
    },
    /** Makes sure of what was written behind, or is heard of from another process: at once on one server. */
    async holds(check: () => Promise<void>): Promise<void> {
      for (const deadline = Date.now() + (started.patienceMs ?? 0); ; ) {
        try {
          return await check();
        } catch (error) {
          if (Date.now() >= deadline) throw error;
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    /** Takes somebody who came otherwise among the people. */
    kept,
    meet: async (way: Way, name: string): Promise<Person> =>
      kept(await Person.registered(started, way, name)),
  };
}
