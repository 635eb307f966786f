/** Search: what is on this device, and what the server has. */
import { someone, until } from './people.ts';

const alice = await someone('alice');
await alice.connect();
const { id } = await alice.commands.groups.create('Animals');
for (const text of ['An otter at the bridge', 'A heron', 'Two OTTERS with young'])
  await alice.store.send({ conversation: id }, text);
await until(() => alice.store.conversation(id)?.head === 4);

const here = await alice.store.searchHere('otter');
console.log(`here: ${here.map(({ content }) => content?.text).join(' | ')}`);
const { messages } = await alice.store.searchServer('heron', { conversation: id });
console.log(`server: ${messages.map(({ content }) => content?.text).join(' | ')}`);
await alice.leave();
