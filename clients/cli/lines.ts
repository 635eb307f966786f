import type { Interface } from 'node:readline';
import type { App } from './app.ts';
import { shown } from './chats.ts';
import { run } from './commands.ts';

/** Without a terminal (pipes, scripts): a line in is a command or a message, a line out is what happened. */
export async function openLines(app: App, input: Interface, output: NodeJS.WritableStream): Promise<void> {
  let told = app.notes;
  app.onLine = (chat, line) => {
    output.write(
      `[${app.title(chat)}] #${line.seq} ${app.names.of(line.sender)}: ${app.names.inText(shown(line))}\n`,
    );
  };
  app.onChange = () => {
    if (app.notes === told) return;
    for (const note of app.notes.filter((n) => !told.includes(n))) output.write(`${note}\n`);
    told = app.notes;
  };
  if (app.client.status !== 'online') {
    await new Promise<void>((resolve) => {
      const stop = app.client.on('status', (status) => {
        if (status !== 'online') return;
        stop();
        resolve();
      });
    });
  }
  for await (const line of input) {
    if (line.trim() === '/quit') return;
    await run(app, line);
  }
}
