import type { Audience } from '../../sdk/index.ts';
import { oneLine } from '../text/printable.ts';
import { ask, behind, type CommandTable, dateTime, need, outcome, whole } from './command.ts';

const isAudience = (value: string | undefined): value is Audience =>
  value === 'everyone' || value === 'contacts' || value === 'nobody';

export const selfCommands: CommandTable = {
  name: {
    args: 'NAME',
    about: 'changes what you are called',
    offers: 'nothing',
    async run(app, _, rest) {
      await outcome(ask(app).self.updateProfile({ name: need(rest, '/name NAME') }));
      app.note(`You are called ${oneLine(rest)}.`);
    },
  },
  status: {
    args: '[TEXT]',
    about: 'changes the status in your profile; without text: takes it away',
    offers: 'nothing',
    async run(app, _, rest) {
      await outcome(ask(app).self.updateProfile({ status: rest === '' ? null : rest }));
      app.note('Your status is changed.');
    },
  },
  privacy: {
    args: '[last_seen|presence everyone|contacts|nobody]',
    about: 'who sees when you are, or were, there',
    offers: 'nothing',
    async run(app, [what, audience]) {
      if (what !== undefined) {
        if ((what !== 'last_seen' && what !== 'presence') || !isAudience(audience))
          throw new Error('Usage: /privacy [last_seen|presence everyone|contacts|nobody]');
        await outcome(ask(app).self.updatePrivacy({ [what]: audience }));
      }
      const { last_seen, presence } = await ask(app).self.privacy();
      app.tell([`last_seen: ${last_seen}`, `presence: ${presence}`]);
    },
  },
  devices: {
    args: '',
    about: 'where you are signed in',
    offers: 'nothing',
    async run(app) {
      const { devices } = await ask(app).self.devices();
      app.tell(
        devices.map(({ name, created, last_seen, current }, at) =>
          oneLine(
            `${at + 1}. ${name ?? 'no name'}${current ? ' (this one)' : ''}, since ${dateTime(created)}${
              last_seen === null ? '' : `, last seen ${dateTime(last_seen)}`
            }`,
          ),
        ),
      );
    },
  },
  device: {
    args: 'DEVICE NAME',
    about: 'names one of your devices, by its number in /devices',
    offers: 'nothing',
    async run(app, [number], rest) {
      const name = need(behind(number, rest), '/device DEVICE NAME');
      const { devices } = await ask(app).self.devices();
      await outcome(ask(app).self.renameDevice(deviceOf(devices, number).device, name));
      app.note(`Device ${number} is called ${oneLine(name)}.`);
    },
  },
  revoke: {
    args: 'DEVICE',
    about: 'signs one of your devices out, by its number in /devices',
    offers: 'nothing',
    async run(app, [number]) {
      const { devices } = await ask(app).self.devices();
      const device = deviceOf(devices, number);
      if (device.current) throw new Error('This is the device you are using: /logout signs it out.');
      await outcome(ask(app).self.revokeDevice(device.device));
      app.note(`Signed out: ${oneLine(device.name ?? `device ${number}`)}.`);
    },
  },
  invite: {
    args: '[admin]',
    about: 'makes an invitation (administrators)',
    offers: 'nothing',
    async run(app, [admin]) {
      if (admin !== undefined && admin !== 'admin') throw new Error('Usage: /invite [admin]');
      const { code, expires } = await app.powers.invite(admin === 'admin');
      app.tell([`Invitation: ${oneLine(code)}`, `Good for one registration until ${dateTime(expires)}.`]);
    },
  },
  logout: {
    args: '',
    about: 'signs this device out, and leaves',
    offers: 'nothing',
    async run(app) {
      await app.powers.logout();
      app.onQuit();
    },
  },
  quit: {
    args: '',
    about: 'leaves',
    offers: 'nothing',
    async run(app) {
      app.onQuit();
    },
  },
};

function deviceOf<D>(devices: D[], number: string | undefined): D {
  const device = devices[whole(number, 'Give the number that /devices shows.') - 1];
  if (device === undefined) throw new Error(`There is no device ${number}: /devices shows them.`);
  return device;
}
