import { RefusedError } from '../sdk/index.ts';
import type { App } from './app.ts';
import type { Chat } from './chats.ts';

interface Command {
  usage: string;
  run(app: App, args: string[], rest: string): Promise<void>;
}

/** What can be typed with a slash. Anything else is a message to the open chat. */
export const commands: Record<string, Command> = {
  list: {
    usage: '/list                    your conversations',
    async run(app) {
      const lines = app.chats.sorted.map(
        (chat) => `${app.title(chat)}${app.chats.unread(chat) > 0 ? ` (${app.chats.unread(chat)} new)` : ''}`,
      );
      app.notes = lines.length === 0 ? ['No conversations yet: /dm NAME starts one.'] : lines;
      app.onChange();
    },
  },
  open: {
    usage: '/open NAME               opens a conversation',
    async run(app, _, rest) {
      await app.show(chatNamed(app, rest));
    },
  },
  dm: {
    usage: '/dm NAME [TEXT]          writes to someone',
    async run(app, [name], rest) {
      const user = await app.names.find(need(name, '/dm NAME'));
      const known = [...app.chats.byId.values()].find((chat) => chat.peer === user);
      const text = rest.slice((name ?? '').length).trim();
      if (known !== undefined) await app.show(known);
      if (text !== '') await app.say(text, known === undefined ? { user } : undefined);
      else if (known === undefined)
        app.note(`No messages with ${name} yet: /dm ${name} HELLO starts the conversation.`);
    },
  },
  group: {
    usage: '/group NAME USER…        makes a group',
    async run(app, [name, ...users]) {
      const members = await Promise.all(users.map((user) => app.names.find(user)));
      const sent = await app.client.change('group.create', {
        name: need(name, '/group NAME USER…'),
        members,
      });
      await app.show(app.chats.get((await sent.outcome).conversation));
    },
  },
  add: {
    usage: '/add USER…               adds members to the group',
    async run(app, users) {
      const ids = await Promise.all(users.map((user) => app.names.find(user)));
      await outcome(app.client.change('group.add', { conversation: opened(app).id, users: ids }));
    },
  },
  remove: {
    usage: '/remove USER…            removes members',
    async run(app, users) {
      const ids = await Promise.all(users.map((user) => app.names.find(user)));
      await outcome(app.client.change('group.remove', { conversation: opened(app).id, users: ids }));
    },
  },
  leave: {
    usage: '/leave                   leaves the group',
    async run(app) {
      await outcome(app.client.change('group.leave', { conversation: opened(app).id }));
    },
  },
  rename: {
    usage: '/rename NAME             renames the group',
    async run(app, _, rest) {
      await outcome(
        app.client.change('group.update', { conversation: opened(app).id, name: need(rest, '/rename NAME') }),
      );
    },
  },
  members: {
    usage: '/members                 who is in the group, and who is online',
    async run(app) {
      const chat = opened(app);
      const { members } = await app.client.query<
        'members.list',
        { members: { user: string; role: string }[] }
      >('members.list', { conversation: chat.id });
      for (const { user } of members) if (user !== app.client.user) app.client.watch({ presence: user });
      app.notes = members.map(
        (m) => `${app.names.of(m.user)} (${m.role})${app.online.get(m.user) ? ' ● online' : ''}`,
      );
      app.onChange();
    },
  },
  reply: {
    usage: '/reply NUMBER TEXT       answers a message',
    async run(app, [number], rest) {
      await app.say(rest.slice((number ?? '').length).trim(), undefined, { reply_to: sequence(number) });
    },
  },
  react: {
    usage: '/react NUMBER [EMOJI]    reacts to a message; without emoji: takes it back',
    async run(app, [number, emoji]) {
      await outcome(
        app.client.change('message.react', {
          conversation: opened(app).id,
          seq: sequence(number),
          emoji: emoji ?? null,
        }),
      );
    },
  },
  edit: {
    usage: '/edit NUMBER TEXT        changes a message of yours',
    async run(app, [number], rest) {
      const text = need(rest.slice((number ?? '').length).trim(), '/edit NUMBER TEXT');
      await outcome(
        app.client.change('message.edit', {
          conversation: opened(app).id,
          seq: sequence(number),
          content: { type: 'text', text },
        }),
      );
    },
  },
  delete: {
    usage: '/delete NUMBER           deletes a message for everyone',
    async run(app, [number]) {
      await outcome(
        app.client.change('message.delete', { conversation: opened(app).id, seq: sequence(number) }),
      );
    },
  },
  timer: {
    usage: '/timer SECONDS|off       disappearing messages',
    async run(app, [value]) {
      const seconds = value === 'off' ? null : sequence(value);
      await outcome(app.client.change('conversation.timer', { conversation: opened(app).id, seconds }));
    },
  },
  search: {
    usage: '/search WORDS            finds messages',
    async run(app, _, rest) {
      await app.search(need(rest, '/search WORDS'));
    },
  },
  block: {
    usage: '/block USER, /unblock USER',
    async run(app, [name]) {
      await outcome(
        app.client.change('block.add', { user: await app.names.find(need(name, '/block USER')) }),
      );
    },
  },
  unblock: {
    usage: '',
    async run(app, [name]) {
      await outcome(
        app.client.change('block.remove', { user: await app.names.find(need(name, '/unblock USER')) }),
      );
    },
  },
  help: {
    usage: '/help                    this',
    async run(app) {
      app.notes = [
        ...Object.values(commands)
          .map((c) => c.usage)
          .filter((usage) => usage !== ''),
        '/quit                    leaves; PageUp and PageDown scroll, Tab goes to the next chat',
      ];
      app.onChange();
    },
  },
};

/** Runs what was typed. Errors become notes: nothing typed ends the program. */
export async function run(app: App, typed: string): Promise<void> {
  const text = typed.trim();
  if (text === '') return;
  try {
    if (!text.startsWith('/')) return await app.say(text);
    const [word = '', ...args] = text.slice(1).split(/\s+/);
    const command = Object.hasOwn(commands, word) ? commands[word] : undefined;
    if (command === undefined) return app.note(`/${word} is not a command: /help lists them.`);
    await command.run(app, args, text.slice(1 + word.length).trim());
  } catch (error) {
    // A refusal of a change has been noted by the `refused` event already.
    if (!(error instanceof RefusedError) || app.notes.at(-1) !== error.message)
      app.note((error as Error).message);
  }
}

async function outcome(change: ReturnType<App['client']['change']>): Promise<void> {
  await (await change).outcome;
}

function opened(app: App): Chat {
  if (app.open === null) throw new Error('Open a chat first: /open NAME.');
  return app.open;
}

function chatNamed(app: App, name: string): Chat {
  const wanted = need(name, '/open NAME').toLowerCase();
  const chats = app.chats.sorted;
  const found =
    chats.find((c) => app.title(c).toLowerCase() === wanted) ??
    chats.find((c) => app.title(c).toLowerCase().startsWith(wanted));
  if (found === undefined) throw new Error(`There is no conversation called ${name}: /list shows them.`);
  return found;
}

function need(value: string | undefined, usage: string): string {
  if (value === undefined || value === '') throw new Error(`Usage: ${usage}`);
  return value;
}

function sequence(value: string | undefined): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1)
    throw new Error('Give the number that stands before the message.');
  return number;
}
