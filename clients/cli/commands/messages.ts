import { press } from '../choices.ts';
import { oneLine } from '../text/printable.ts';
import { choicesOf, textOf } from '../text/said.ts';
import {
  ask,
  behind,
  type Command,
  type CommandTable,
  conversationOf,
  dateTime,
  messageAt,
  named,
  need,
  opened,
  outcome,
  sequence,
  whole,
} from './command.ts';

/** Results of /search that are told. */
const MOST_FOUND = 20;

const takesAway = (what: 'delete' | 'hide', about: string): Command => ({
  args: 'NUMBER',
  about,
  offers: 'nothing',
  async run(app, [number]) {
    await outcome(ask(app).messages[what](conversationOf(app).id, sequence(app, number)));
  },
});

export const messageCommands: CommandTable = {
  reply: {
    args: 'NUMBER TEXT',
    about: 'answers a message',
    offers: 'nothing',
    async run(app, [number], rest) {
      opened(app);
      const replyTo = sequence(app, number);
      await app.say(need(behind(number, rest), '/reply NUMBER TEXT'), { replyTo });
    },
  },
  react: {
    args: 'NUMBER [EMOJI]',
    about: 'reacts to a message; without emoji: takes it back',
    offers: 'nothing',
    async run(app, [number, emoji]) {
      await outcome(ask(app).messages.react(conversationOf(app).id, sequence(app, number), emoji ?? null));
    },
  },
  edit: {
    args: 'NUMBER TEXT',
    about: 'changes a message of yours',
    offers: 'nothing',
    async run(app, [number], rest) {
      const { id } = conversationOf(app);
      const seq = sequence(app, number);
      const text = need(behind(number, rest), '/edit NUMBER TEXT');
      await outcome(ask(app).messages.edit(id, seq, { type: 'text', text }));
    },
  },
  delete: takesAway('delete', 'deletes a message for everyone'),
  hide: takesAway('hide', 'deletes a message for yourself only'),
  forward: {
    args: 'NUMBER NAME',
    about: 'sends a message on to another conversation',
    offers: 'conversations',
    async run(app, [number], rest) {
      const message = await messageAt(app, number);
      const { id } = named(app, need(behind(number, rest), '/forward NUMBER NAME'));
      if (message.content === null) throw new Error('There is nothing left of this message.');
      await app.say(message.content, { to: { conversation: id }, forwarded: message.forwarded + 1 });
      app.note(`Forwarded to ${app.title({ conversation: id })}.`);
    },
  },
  press: {
    args: 'CHOICE [NUMBER]',
    about: 'presses a button, or takes an offered reply, of the newest message that has some',
    offers: 'nothing',
    async run(app, [choice, number]) {
      const { entries } = opened(app);
      const at = whole(choice, 'Usage: /press CHOICE [NUMBER]');
      const newest = entries.findLast((entry) => entry.type === 'message' && choicesOf(entry).length > 0);
      if (number === undefined && newest?.seq == null) throw new Error('Nothing here can be pressed.');
      await press(app, await messageAt(app, number ?? String(newest!.seq)), at);
    },
  },
  receipts: {
    args: 'NUMBER',
    about: 'who has a message of yours, and who read it',
    offers: 'nothing',
    async run(app, [number]) {
      const { key } = await messageAt(app, number);
      const { members } = await ask(app).messages.status(key);
      await Promise.all(members.map(({ user }) => app.names.resolve(user)));
      app.tell(
        members.map(({ user, delivered, delivered_at, read, read_at }) => {
          const how = read ? 'read' : delivered ? 'delivered' : 'not delivered yet';
          const when = read ? read_at : delivered_at;
          return `${app.names.of(user)}: ${how}${when === undefined ? '' : ` ${dateTime(when)}`}`;
        }),
      );
    },
  },
  search: {
    args: 'WORDS',
    about: 'finds messages',
    offers: 'nothing',
    async run(app, _, rest) {
      const found = await app.search(need(rest, '/search WORDS'));
      await Promise.all(found.slice(0, MOST_FOUND).map(({ sender }) => app.names.resolve(sender)));
      const lines = found.slice(0, MOST_FOUND).map((message) => {
        const title = message.conversation === null ? '' : app.title({ conversation: message.conversation });
        return `${title} #${message.seq} ${app.names.of(message.sender)}: ${oneLine(textOf(message))}`;
      });
      app.tell(lines.length === 0 ? ['Nothing found.'] : lines);
    },
  },
  goto: {
    args: 'NUMBER',
    about: 'goes to a message of the open conversation',
    offers: 'nothing',
    async run(app, [number]) {
      const { window } = opened(app);
      await window.jump(sequence(app, number));
      app.onChange();
    },
  },
  retry: {
    args: '',
    about: 'sends again what was refused in the open conversation',
    offers: 'nothing',
    async run(app) {
      const refused = refusedIn(opened(app).entries);
      for (const key of refused) await app.store.retry(key);
      app.note(refused.length === 0 ? 'Nothing was refused here.' : `Sent again: ${refused.length}.`);
    },
  },
  discard: {
    args: '',
    about: 'gives up what was refused in the open conversation',
    offers: 'nothing',
    async run(app) {
      const refused = refusedIn(opened(app).entries);
      for (const key of refused) await app.store.discard(key);
      app.note(refused.length === 0 ? 'Nothing was refused here.' : `Given up: ${refused.length}.`);
    },
  },
};

const refusedIn = (entries: readonly { key: string; state?: string | null }[]): string[] =>
  entries.filter(({ state }) => state === 'refused').map(({ key }) => key);
