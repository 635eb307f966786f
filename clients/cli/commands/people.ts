import { oneLine } from '../text/printable.ts';
import { ask, behind, type CommandTable, dateTime, need, outcome } from './command.ts';

export const peopleCommands: CommandTable = {
  contacts: {
    args: '',
    about: 'your address book',
    offers: 'nothing',
    async run(app) {
      const answer = await ask(app).people.contacts();
      await app.names.took(answer);
      const lines = answer.contacts.map(
        ({ user, username }) => `${app.names.of(user)} (@${oneLine(username)})`,
      );
      app.tell(lines.length === 0 ? ['Your address book is empty: /contact USER adds someone.'] : lines);
    },
  },
  contact: {
    args: 'USER [NAME]',
    about: 'puts someone into your address book, under a name of yours',
    offers: 'people',
    async run(app, [username], rest) {
      const user = await app.names.find(need(username, '/contact USER [NAME]'));
      const name = behind(username, rest);
      await outcome(ask(app).people.addContact(user, name === '' ? undefined : name));
      await app.names.took(await ask(app).people.contacts());
      app.note(`${app.names.of(user)} is in your address book.`);
    },
  },
  uncontact: {
    args: 'USER',
    about: 'takes someone out of it',
    offers: 'people',
    async run(app, [username]) {
      const user = await app.names.find(need(username, '/uncontact USER'));
      await outcome(ask(app).people.removeContact(user));
      app.note(`${username} is not in your address book.`);
    },
  },
  profile: {
    args: '[USER]',
    about: 'what someone, or you, tell of themselves',
    offers: 'people',
    async run(app, [username]) {
      const user = username === undefined ? app.me : await app.names.find(username);
      const profile = await ask(app).people.profile(user);
      const { name, status, phone, kind, last_seen } = profile;
      app.tell(
        [
          `@${profile.username}${kind === 'bot' ? ' (bot)' : ''}`,
          ...(name ? [`Name: ${oneLine(name)}`] : []),
          ...(status ? [`Status: ${oneLine(status)}`] : []),
          ...(phone ? [`Phone: ${oneLine(phone)}`] : []),
          ...(last_seen === undefined ? [] : [`Last seen: ${dateTime(last_seen)}`]),
        ].map(oneLine),
      );
    },
  },
  block: {
    args: 'USER',
    about: 'blocks someone',
    offers: 'people',
    async run(app, [name]) {
      await outcome(ask(app).people.block(await app.names.find(need(name, '/block USER'))));
      app.note(`${name} is blocked.`);
    },
  },
  unblock: {
    args: 'USER',
    about: 'unblocks someone',
    offers: 'people',
    async run(app, [name]) {
      await outcome(ask(app).people.unblock(await app.names.find(need(name, '/unblock USER'))));
      app.note(`${name} is not blocked.`);
    },
  },
  blocks: {
    args: '',
    about: 'whom you have blocked',
    offers: 'nothing',
    async run(app) {
      const { blocks } = await ask(app).people.blocks();
      const lines = blocks.map(({ username, name }) => oneLine(`@${username}${name ? ` ${name}` : ''}`));
      app.tell(lines.length === 0 ? ['You have blocked nobody.'] : lines);
    },
  },
};
