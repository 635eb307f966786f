import type { Content, StoredMessage } from '../sdk/index.ts';
import type { App } from './app.ts';
import { openLink } from './links.ts';
import { choicesOf } from './text/said.ts';

/**
 * Takes the choice of a number, from 1, under a message: a button sends its data, an offered reply sends its text, a link is opened.
 * @throws {Error} there is no such choice
 */
export async function press(
  app: App,
  message: Pick<StoredMessage, 'content' | 'gone'> & { seq: number },
  number: number,
): Promise<void> {
  const choice = choicesOf(message)[number - 1];
  if (choice === undefined) throw new Error(`Message ${message.seq} has no choice ${number}.`);
  const { label } = choice;
  if (choice.kind === 'url')
    return app.note((await openLink(choice.url)) ? `Opened ${choice.url}` : choice.url);
  const pressed = { type: 'button.press', text: label, data: (choice as { data?: string }).data } as Content;
  await app.say(choice.kind === 'reply' ? label : pressed, { replyTo: message.seq });
}
