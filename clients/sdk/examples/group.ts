/** A group: made, written to before the server has answered, renamed, left. */
import { someone, until } from './people.ts';

const alice = await someone('alice');
const bob = await someone('bob');
await Promise.all([alice.connect(), bob.connect()]);

const { id } = await alice.commands.groups.create('Boats', [bob.id]);
await alice.store.send({ conversation: id }, 'Who rows on Sunday?');
await until(() => bob.store.conversation(id)?.last);
console.log(
  `bob is in ${bob.store.conversation(id)?.name}: ${bob.store.conversation(id)?.last?.content?.text}`,
);

await bob.commands.messages.react(id, bob.store.conversation(id)!.last!.seq!, '🚣');
await alice.commands.groups.update(id, { name: 'Rowing boats' });
await until(() => bob.store.conversation(id)?.name === 'Rowing boats');
const { members } = await bob.commands.groups.members(id);
console.log(
  `${members.length} members; the owner is ${members.find(({ role }) => role === 'owner')?.user === alice.id ? 'alice' : 'bob'}`,
);

// A client may do only what its user may.
const { outcome } = await bob.commands.groups.update(id, { name: 'Mine' });
await outcome.catch((error: Error) => console.log(`bob: ${error.message}`));

await bob.commands.groups.leave(id);
await until(() => bob.store.conversation(id)?.member === false);
console.log('bob has left');
await Promise.all([alice.leave(), bob.leave()]);
