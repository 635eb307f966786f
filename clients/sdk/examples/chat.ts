/** Sign up, find somebody by name, and chat. */
import { someone, until } from './people.ts';

const alice = await someone('alice');
const bob = await someone('bob');
await Promise.all([alice.connect(), bob.connect()]);

const { id } = await alice.commands.people.find(bob.username);
const hers = await alice.store.look({ user: id });
hers.on('change', ({ entries }) => {
  for (const entry of entries)
    if (entry.type === 'message')
      console.log(
        `alice sees ${JSON.stringify(entry.content?.text)}${entry.state ? `, ${entry.state}` : ''}`,
      );
});
await alice.store.send({ user: id }, 'Dinner at eight?');

const conversation = await until(() => bob.store.directWith(alice.id));
console.log(`bob has ${conversation.unread} unread: ${conversation.last?.content?.text}`);
await bob.store.send({ conversation: conversation.id }, 'Nine is better', { replyTo: 1 });
await until(() => hers.entries.length === 2);

await Promise.all([alice.leave(), bob.leave()]);
