/** A new device pages back through what was said before it was there, and goes to one message of it. */
import { MemoryStorage } from '../index.ts';
import { someone, until } from './people.ts';

const alice = await someone('alice');
await alice.connect();
const { id } = await alice.commands.groups.create('Diary');
for (let day = 1; day <= 30; day++) await alice.store.send({ conversation: id }, `Day ${day}`);
await until(() => alice.store.conversation(id)?.head === 31);
await alice.leave();

// What a new device has: nothing. (The same account here: only its storage is empty.)
const storage = new MemoryStorage();
await storage.write([['session', (await alice.storage.get('session'))!]]);
const fresh = await someone('alice', storage);
await fresh.connect();
const diary = await until(() => fresh.store.conversation(id));
console.log(diary.name);

const window = await fresh.store.look({ conversation: id }, { page: 10, most: 20 });
let pages = 1;
while (await window.older()) pages++;
console.log(`${pages} pages back to the start; ${window.entries.length} of them in memory`);
await window.jump(16);
console.log(window.entries.some((entry) => entry.type === 'message' && entry.content?.text === 'Day 15'));
await fresh.leave();
