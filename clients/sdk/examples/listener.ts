/** A listener as bots are: events in order, nothing kept but positions, an answer to each command. */
import { someone, until } from './people.ts';

const bot = await someone('echo');
bot.store.close(); // a bot needs no lists and no windows
bot.client.on('event', (event) => {
  if (event.type !== 'message' || event.sender.user === bot.id) return;
  const text = event.content?.text;
  if (typeof text !== 'string' || !text.startsWith('/echo ')) return;
  void bot.client.change('message.send', {
    to: { conversation: event.conversation },
    content: { type: 'text', text: text.slice('/echo '.length) },
    reply_to: event.seq,
  });
});
await bot.connect();

const alice = await someone('alice');
await alice.connect();
const window = await alice.store.look({ user: bot.id });
await alice.store.send({ user: bot.id }, 'hello');
await alice.store.send({ user: bot.id }, '/echo is anybody there?');
const answer = await until(() => window.entries.find((entry) => entry.sender === bot.id));
console.log(answer.type === 'message' && `${answer.content?.text} (to message ${answer.replyTo})`);
await Promise.all([alice.leave(), bot.leave()]);
