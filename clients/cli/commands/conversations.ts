import { spanOf } from '../text/said.ts';
import {
  ask,
  behind,
  type Command,
  type CommandTable,
  conversationOf,
  find,
  groupOf,
  named,
  need,
  outcome,
  whole,
} from './command.ts';

/** Units that /timer takes, in seconds. */
const UNITS: Record<string, number> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };

const changesMembers = (what: 'add' | 'remove', about: string): Command => ({
  args: 'USER…',
  about,
  offers: 'people',
  async run(app, users) {
    const { id } = groupOf(app);
    need(users[0], `/${what} USER…`);
    await outcome(ask(app).groups[what](id, await find(app, users)));
  },
});

export const conversationCommands: CommandTable = {
  list: {
    args: '',
    about: 'your conversations',
    offers: 'nothing',
    async run(app) {
      const lines = app.conversations.map(
        (conversation) =>
          `${app.title(conversation)}${conversation.unread > 0 ? ` (${conversation.unread} new)` : ''}`,
      );
      app.tell(lines.length === 0 ? ['No conversations yet: /dm NAME starts one.'] : lines);
    },
  },
  open: {
    args: 'NAME',
    about: 'opens a conversation',
    offers: 'conversations',
    async run(app, _, rest) {
      await app.show({ conversation: named(app, need(rest, '/open NAME')).id });
    },
  },
  dm: {
    args: 'USER [TEXT]',
    about: 'writes to someone',
    offers: 'people',
    async run(app, [name], rest) {
      const user = await app.names.find(need(name, '/dm USER [TEXT]'));
      await app.show({ user });
      const text = behind(name, rest);
      if (text !== '') await app.say(text);
      else if (app.store.directWith(user) === null)
        app.note(`No messages with ${name} yet: what you write starts the conversation.`);
    },
  },
  group: {
    args: 'NAME USER…',
    about: 'makes a group',
    offers: 'people',
    async run(app, [name, ...users]) {
      const called = need(name, '/group NAME USER…');
      const sent = await ask(app).groups.create(called, await find(app, users));
      await app.show({ conversation: (await sent.outcome).conversation });
    },
  },
  members: {
    args: '',
    about: 'who is in the group, with roles, and who is online',
    offers: 'nothing',
    async run(app) {
      const { members } = await ask(app).groups.members(conversationOf(app).id);
      await Promise.all(members.map(({ user }) => app.names.resolve(user)));
      app.tell(
        members.map(
          ({ user, role }) =>
            `${app.names.of(user)} (${role})${app.store.presence(user)?.online === true ? ' ● online' : ''}`,
        ),
      );
    },
  },
  add: changesMembers('add', 'adds members to the group'),
  remove: changesMembers('remove', 'removes members'),
  role: {
    args: 'USER owner|admin|member',
    about: 'gives a member another role',
    offers: 'people',
    async run(app, [name, role]) {
      const usage = '/role USER owner|admin|member';
      if (role !== 'owner' && role !== 'admin' && role !== 'member') throw new Error(`Usage: ${usage}`);
      const { id } = groupOf(app);
      await outcome(ask(app).groups.role(id, await app.names.find(need(name, usage)), role));
    },
  },
  rename: {
    args: 'NAME',
    about: 'renames the group',
    offers: 'nothing',
    async run(app, _, rest) {
      await outcome(ask(app).groups.update(groupOf(app).id, { name: need(rest, '/rename NAME') }));
    },
  },
  history: {
    args: 'all|joined',
    about: 'whether new members of the group read what was before them',
    offers: 'nothing',
    async run(app, [history]) {
      if (history !== 'all' && history !== 'joined') throw new Error('Usage: /history all|joined');
      await outcome(ask(app).groups.update(groupOf(app).id, { history }));
    },
  },
  leave: {
    args: '',
    about: 'leaves the group',
    offers: 'nothing',
    async run(app) {
      await outcome(ask(app).groups.leave(groupOf(app).id));
    },
  },
  timer: {
    args: 'TIME|off',
    about: 'disappearing messages, after 90s, 5m, 8h, 7d or 4w',
    offers: 'nothing',
    async run(app, [value]) {
      await outcome(ask(app).conversations.timer(conversationOf(app).id, secondsIn(value)));
      app.note(
        value === 'off' ? 'Messages stay.' : `New messages disappear after ${spanOf(secondsIn(value)!)}.`,
      );
    },
  },
};

function secondsIn(value: string | undefined): number | null {
  if (value === 'off') return null;
  const [, number, unit = 's'] = /^(\d+)([smhdw]?)$/.exec(value ?? '') ?? [];
  return whole(number, 'Usage: /timer 90s, 5m, 8h, 7d, 4w or off') * UNITS[unit || 's']!;
}
