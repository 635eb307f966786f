import { after, before } from 'node:test';
import { unlimited } from './flags.ts';
import { Person, type Way } from './person.ts';
import { Server } from './server.ts';

/**
 * A server for the tests of one `describe`, which calls this in its body, and the people on it: at the end they leave, and everything
 * that they were sent is held against the published contract.
 */
export function scene(...flags: string[]) {
  const people: Person[] = [];
  let started: Server;
  before(async () => {
    started = await Server.started({ flags: [...unlimited, ...flags] });
  });
  after(async () => {
    for (const person of people) person.drop();
    await started.dispose();
    for (const person of people) person.keptToTheContract();
  });
  const kept = (person: Person): Person => {
    people.push(person);
    return person;
  };
  return {
    get server(): Server {
      return started;
    },
    /** Takes somebody who came otherwise among the people. */
    kept,
    meet: async (way: Way, name: string): Promise<Person> =>
      kept(await Person.registered(started, way, name)),
  };
}
