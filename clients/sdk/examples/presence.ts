/** Who is there, and who is typing. */
import { someone, until } from './people.ts';

const alice = await someone('alice');
const bob = await someone('bob');
await Promise.all([alice.connect(), bob.connect()]);
const { id, outcome } = await alice.commands.groups.create('Boats', [bob.id]);
await outcome;
await until(() => bob.store.conversation(id));

alice.store.follow({ presence: bob.id });
await until(() => alice.store.presence(bob.id)?.online);
console.log('bob is there');

alice.store.follow({ typing: id });
// As often as a key is pressed: it is said every few seconds, and forgotten when nothing more is heard.
for (;;) {
  bob.store.compose(id);
  if (alice.store.typing(id).includes(bob.id)) break;
  await new Promise((resolve) => setTimeout(resolve, 100));
}
console.log('bob is typing');

await bob.leave();
await until(() => alice.store.presence(bob.id)?.online === false);
console.log('bob is gone');
await alice.leave();
