/** Who has a message, and who has read it. */
import { someone, until } from './people.ts';

const alice = await someone('alice');
const bob = await someone('bob');
await Promise.all([alice.connect(), bob.connect()]);

const window = await alice.store.look({ user: bob.id });
const states: string[] = [];
window.on('change', ({ entries }) => {
  for (const entry of entries) if (entry.type === 'message' && entry.state) states.push(entry.state);
});
const message = await alice.store.send({ user: bob.id }, 'Have you seen the otter?');
const conversation = await until(() => bob.store.directWith(alice.id));
await until(() => states.includes('delivered'));
await bob.store.markRead(conversation.id);
await until(() => states.at(-1) === 'read');
console.log(`first ${states[0]}, then delivered, in the end ${states.at(-1)}`);

const { read_count: read, members_count: members } = await alice.commands.messages.status(message);
console.log(`read by ${read} of ${members}`);
await Promise.all([alice.leave(), bob.leave()]);
