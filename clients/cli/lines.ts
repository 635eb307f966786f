import type { Interface } from 'node:readline';
import type { App } from './app.ts';
import { shown } from './chats.ts';
import { run } from './commands.ts';

/** How long the end waits for what was typed to be taken by the server, milliseconds. */
const LAST_WORDS_MS = 5_000;

/** Without a terminal (pipes, scripts): a line in is a command or a message, a line out is what happened. */
export async function openLines(app: App, input: Interface, output: NodeJS.WritableStream): Promise<void> {
  // Before anything is waited for: lines that come while nobody listens are lost.
  const lines = input[Symbol.asyncIterator]();
  let told = app.notes;
  // One after the other, each when the names in it are known.
  let printing: Promise<void> = Promise.resolve();
  app.onLine = (chat, line) => {
    printing = printing.then(async () => {
      if (chat.name === null && chat.peer !== null) await app.names.resolve(chat.peer);
      const who = await app.names.resolve(line.sender);
      const text = line.notice ? await app.names.resolveIn(shown(line)) : shown(line);
      // Further lines of a message are indented: nobody writes a line in another's name.
      output.write(`[${app.title(chat)}] #${line.seq} ${who}: ${text.replaceAll('\n', '\n    ')}\n`);
    });
  };
  app.onChange = () => {
    if (app.notes === told) return;
    for (const note of app.notes.filter((n) => !told.includes(n))) output.write(`${note}\n`);
    told = app.notes;
  };
  const signedOut = new Promise<'signed out'>((resolve) => {
    app.client.on('signedOut', () => {
      input.close();
      resolve('signed out');
    });
  });
  if ((await Promise.race([isOnline(app), signedOut])) === 'signed out') return;
  for await (const line of lines) {
    if (line.trim() === '/quit') break;
    await run(app, line);
  }
  // What was typed goes out before this ends; what cannot now is kept, and goes out the next time.
  const giveUp = Date.now() + LAST_WORDS_MS;
  while (app.client.pending.length > 0 && app.client.status !== 'offline' && Date.now() < giveUp)
    await new Promise((resolve) => setTimeout(resolve, 20));
  await printing;
}

function isOnline(app: App): Promise<void> {
  if (app.client.status === 'online') return Promise.resolve();
  return new Promise((resolve) => {
    const stop = app.client.on('status', (status) => {
      if (status !== 'online') return;
      stop();
      resolve();
    });
  });
}
