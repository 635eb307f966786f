/** Written without a connection, sent by a later run of the program. */
import { someone, until } from './people.ts';

const bob = await someone('bob');
await bob.connect();

const before = await someone('alice');
await before.store.send({ user: bob.id }, 'Written on the train');
await before.store.send({ user: bob.id }, 'in the tunnel');
const [first] = (await before.store.look({ user: bob.id })).entries;
console.log(`shown at once, ${first?.type === 'message' ? first.state : ''}`);
await before.leave();

// The program starts again, with the same storage: a file or IndexedDB, where it is to survive more than this example.
const after = await someone('alice', before.storage);
await after.connect();
const conversation = await until(() => bob.store.directWith(after.id));
const window = await bob.store.look({ conversation: conversation.id });
await until(() => window.entries.length === 2);
console.log(window.entries.map((entry) => (entry.type === 'message' ? entry.content?.text : '')).join(' '));
await Promise.all([after.leave(), bob.leave()]);
