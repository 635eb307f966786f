import type { Interface } from 'node:readline';
import type { StoredEntry } from '../sdk/index.ts';
import type { App } from './app.ts';
import { run } from './commands/index.ts';
import { oneLine, printable } from './text/printable.ts';
import { choicesOf, namedIn, noticeText, textOf } from './text/said.ts';

/** How long the end waits for what was typed to be taken by the server, milliseconds. */
const LAST_WORDS_MS = 5_000;

/** Without a terminal (pipes, scripts): a line in is a command or a message, a line out is what happened. */
export async function openLines(app: App, input: Interface, output: NodeJS.WritableStream): Promise<void> {
  // Before anything is waited for: lines that come while nobody listens are lost.
  const lines = input[Symbol.asyncIterator]();
  // One after the other, each when the names in it are known.
  let printing: Promise<void> = Promise.resolve();
  app.onArrived = (entry) => {
    printing = printing.then(async () => {
      output.write(`${await lineOf(app, entry)}\n`);
    });
  };
  app.onNote = (line) => output.write(`${printable(line).replaceAll('\n', '\n    ')}\n`);
  let left = false;
  app.onQuit = () => {
    left = true;
  };
  const signedOut = new Promise<'signed out'>((resolve) => {
    app.client.on('signedOut', () => {
      input.close();
      resolve('signed out');
    });
  });
  if (app.standby) app.note('This device is open in another terminal: waiting until that one ends.');
  if ((await Promise.race([isOnline(app), signedOut])) === 'signed out') return;
  for await (const line of lines) {
    await run(app, line);
    if (left) break;
  }
  // What was typed goes out before this ends; what cannot now is kept, and goes out the next time.
  let giveUp = Date.now() + LAST_WORDS_MS;
  // A file takes as long as it comes further.
  const off = app.store.on('upload', () => {
    giveUp = Date.now() + LAST_WORDS_MS;
  });
  const waits = () => app.client.pending.length > 0 || (app.store.uploads?.progress.length ?? 0) > 0;
  while (waits() && app.client.status !== 'offline' && Date.now() < giveUp)
    await new Promise((resolve) => setTimeout(resolve, 20));
  off();
  await printing;
}

/** `[title] #number who: text`; further lines of a message are indented: nobody writes a line in another's name. */
async function lineOf(app: App, entry: StoredEntry): Promise<string> {
  const peer = app.store.conversation(entry.conversation!)?.peer;
  if (peer) await app.names.resolve(peer);
  const who = await app.names.resolve(entry.sender);
  let text: string;
  if (entry.type === 'notice') {
    await Promise.all(namedIn(entry).map((user) => app.names.resolve(user)));
    text = noticeText(entry, (user) => app.names.of(user));
  } else {
    const choices = choicesOf(entry).map(
      (choice, at) => `\n${at + 1}) ${oneLine(choice.label)}${choice.kind === 'url' ? ` ${choice.url}` : ''}`,
    );
    text = textOf(entry) + choices.join('');
  }
  return `[${app.title({ conversation: entry.conversation! })}] #${entry.seq} ${who}: ${text.replaceAll('\n', '\n    ')}`;
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
