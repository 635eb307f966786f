import { randomUUID } from 'node:crypto';
import { Refused } from '../../../protocol/errors.ts';
import { makeDevice } from '../devices.ts';
import type { AccountParts } from '../parts.ts';
import type { Device, User } from '../store.ts';
import type { BotManagement, BotSignIn, OwnedBot } from './bots.ts';

const DAY_SECONDS = 86_400;
const DEVICE_NAME = 'bot';
/** Tokens of one bot at once. */
const MOST_TOKENS = 10;

export function createBotManagement(parts: AccountParts): BotManagement {
  const { store, known, hooks, tokens, clock, logger, settings } = parts;

  const limited = { ...parts, settings: { ...settings, devicesPerUser: MOST_TOKENS } };

  /** @throws {Refused} forbidden: a bot asks */
  async function person(id: string): Promise<User> {
    const user = await known.users.get(id);
    if (user?.kind !== 'person') throw new Refused('forbidden', 'not for bots');
    return user;
  }

  /** One that `by` may look after. To anybody else it is not there. @throws {Refused} forbidden, not_found */
  async function lookedAfter(by: string, id: string): Promise<OwnedBot> {
    const { admin } = await person(by);
    const [bot, user, devices] = await Promise.all([store.bot(id), store.user(id), store.devices(id)]);
    if (bot === null || user === null || bot.deletedAt !== null || (bot.owner !== by && !admin))
      throw new Refused('not_found');
    return { user, bot, devices };
  }

  async function signIn(owned: OwnedBot, device: Device): Promise<BotSignIn> {
    const seconds = settings.deviceDays * DAY_SECONDS;
    // Before the token is made, so that it is good for at least as long.
    const expiresAt = clock.now() + seconds * 1_000;
    const token = await tokens.sign({ user: owned.user.id, device: device.id }, 'mqtt', seconds);
    return { ...owned, device, token, expiresAt };
  }

  /** One rotation after the other: the one that comes later must see what it takes the place of. */
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work);
    turn = mine.catch(() => {});
    return mine;
  };

  async function rotate(by: string, id: string, beside: boolean): Promise<BotSignIn> {
    const owned = await lookedAfter(by, id);
    const before = beside ? null : (owned.devices.at(-1)?.id ?? null);
    const device = await makeDevice(limited, owned.user, DEVICE_NAME, before);
    const devices = await store.devices(id);
    if (beside) return signIn({ ...owned, devices }, device);
    // Of two at once, by two processes, the newer stays.
    const older = devices.filter((one) => one.id !== device.id && one.createdAt <= device.createdAt);
    for (const one of older) await hooks.revoke({ user: id, device: device.id }, one.id);
    return signIn({ ...owned, devices: [device] }, device);
  }

  return {
    async createBot(by, { username, name, scopes, groups }) {
      const { admin } = await person(by);
      const createdAt = clock.now();
      const user: User = {
        // Not a UUIDv7: no command can have the id of a user's stream.
        ...{ id: randomUUID(), username, kind: 'bot' as const, admin: false, name },
        ...{ phone: null, photo: null, status: null, lastSeen: null },
        ...{ lastSeenAudience: 'everyone' as const, presenceAudience: 'everyone' as const, createdAt },
      };
      const bot = { user: user.id, owner: by, scopes, groups, paused: false, rate: null, createdAt };
      await store.createBot(user, { ...bot, deletedAt: null }, admin ? null : settings.botsPerUser);
      // Its cursors begin here. Where this fails there is a bot without a token, which it can be given.
      const device = await makeDevice(limited, user, DEVICE_NAME);
      return signIn({ user, bot: { ...bot, deletedAt: null }, devices: [device] }, device);
    },

    async botsOf(by, owner) {
      const { admin } = await person(by);
      if (owner !== by && !admin) throw new Refused('forbidden', 'administrators only');
      if (owner !== by && (await known.users.get(owner)) === null) throw new Refused('user_not_found');
      const bots = await store.botsOf(owner);
      const users = await store.users(bots.map(({ user }) => user));
      return Promise.all(
        bots.map(async (bot) => ({
          ...{ user: users.get(bot.user)!, bot },
          devices: await store.devices(bot.user),
        })),
      );
    },

    async updateBot(by, id, { name, ...rights }) {
      const { user, devices } = await lookedAfter(by.user, id);
      if (rights.rate !== undefined && (await person(by.user)).admin !== true)
        throw new Refused('forbidden', 'a rate is for administrators to give');
      // Events of the bot's own stream, by whoever made them: so every process hears of it.
      const actor = { user: user.id, device: devices.at(-1)?.id ?? by.device };
      if (name !== undefined) await hooks.change(actor, { type: 'profile.update', name });
      if (Object.values(rights).some((value) => value !== undefined))
        await hooks.change(actor, { type: 'bot.update', ...rights });
      return lookedAfter(by.user, id);
    },

    rotateBotToken: (by, id, beside) => inTurn(() => rotate(by, id, beside)),

    async deleteBot(by, id) {
      const { devices } = await lookedAfter(by.user, id);
      const actor = { user: id, device: devices.at(-1)?.id ?? by.device };
      for (const conversation of await hooks.groupsOf(id)) {
        await hooks.change(actor, { type: 'group.leave', conversation }).catch((error: unknown) => {
          // Its last owner cannot leave: the group keeps a member who says nothing any more.
          logger.info({ err: error, bot: id, conversation }, 'a bot that is deleted could not leave a group');
        });
      }
      await hooks.change(actor, { type: 'bot.update', deleted: true });
      for (const device of devices) await hooks.revoke(actor, device.id);
    },
  };
}
