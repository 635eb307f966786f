import type { Wire } from './system.ts';

const TEXT_START = 'b'.charCodeAt(0);

/** Plain MQTT: a topic for each receiver, a topic for each group, the text itself as the payload. */
export const plainWire: Wire = {
  receives: (target, user, group) =>
    group === null ? [inbox(target.users[user]!.user)] : [target.groups[group]!],
  hears: () => [],
  direct: (target, _from, to) => (_id, text) => ({ topic: inbox(target.users[to]!.user), payload: text }),
  group: (target, _from, group) => (_id, text) => ({ topic: target.groups[group]!, payload: text }),
  textAt: (buffer, start) => (buffer[start] === TEXT_START ? start : -1),
  refusal: () => null,
};

const inbox = (user: string) => `users/${user}/inbox`;

/** Users and groups of a broker that keeps no accounts: names, made up on the spot. */
export function plainWorld(users: number, groups: number) {
  return {
    users: Array.from({ length: users }, (_, i) => ({
      user: `u${i}`,
      clientId: `device-${i}`,
      username: `u${i}`,
      password: '',
    })),
    groups: Array.from({ length: groups }, (_, i) => `conversations/g${i}/events`),
  };
}
