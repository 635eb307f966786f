import type { Audience, Role } from '../../protocol/commands.ts';
import type { Content } from '../../protocol/content.ts';
import type { AnswerOf } from './answers.ts';
import type { DunlinClient } from './client.ts';
import type { Fields, Sent } from './exchange.ts';

/**
 * Every command by a name of its own. What changes something works offline, and resolves when it is kept; what asks needs a connection.
 * (Messages are sent by {@link ChatStore.send}, which shows them at once, or by {@link DunlinClient.change}.)
 */
export function commandsOf(client: DunlinClient) {
  return {
    messages: {
      edit: (conversation: string, seq: number, content: Content, mentions?: string[]): Promise<Sent> =>
        client.change('message.edit', {
          conversation,
          seq,
          content,
          ...(mentions === undefined ? {} : { mentions }),
        }),
      /** For everyone. */
      delete: (conversation: string, seq: number): Promise<Sent> =>
        client.change('message.delete', { conversation, seq }),
      /** For oneself only. */
      hide: (conversation: string, seq: number): Promise<Sent> =>
        client.change('message.hide', { conversation, seq }),
      /** null takes one’s reaction back. */
      react: (conversation: string, seq: number, emoji: string | null): Promise<Sent> =>
        client.change('message.react', { conversation, seq, emoji }),
      status: (message: string): Promise<AnswerOf<'message.status'>> =>
        client.query('message.status', { message }),
    },
    groups: {
      /** The group’s id is the `id` of what this resolves with: one can write to it before the server has answered. */
      create: (
        name: string,
        members: string[] = [],
        more: Omit<Fields<'group.create'>, 'name' | 'members'> = {},
      ): Promise<Sent> => client.change('group.create', { name, members, ...more }),
      add: (conversation: string, users: string[]): Promise<Sent> =>
        client.change('group.add', { conversation, users }),
      remove: (conversation: string, users: string[]): Promise<Sent> =>
        client.change('group.remove', { conversation, users }),
      leave: (conversation: string): Promise<Sent> => client.change('group.leave', { conversation }),
      update: (conversation: string, what: Omit<Fields<'group.update'>, 'conversation'>): Promise<Sent> =>
        client.change('group.update', { conversation, ...what }),
      role: (conversation: string, user: string, role: Role): Promise<Sent> =>
        client.change('group.role', { conversation, user, role }),
      members: (conversation: string, cursor?: string): Promise<AnswerOf<'members.list'>> =>
        client.query('members.list', { conversation, ...(cursor === undefined ? {} : { cursor }) }),
    },
    conversations: {
      get: (conversation: string): Promise<AnswerOf<'conversation.get'>> =>
        client.query('conversation.get', { conversation }),
      receipts: (conversation: string): Promise<AnswerOf<'receipts.get'>> =>
        client.query('receipts.get', { conversation }),
      /** Seconds after which new messages disappear; null: never. */
      timer: (conversation: string, seconds: number | null): Promise<Sent> =>
        client.change('conversation.timer', { conversation, seconds }),
      /** How one has it on one’s own devices: muted, pinned, archived. */
      prefer: (
        conversation: string,
        what: Omit<Fields<'preferences.update'>, 'conversation'>,
      ): Promise<Sent> => client.change('preferences.update', { conversation, ...what }),
    },
    people: {
      find: (username: string): Promise<AnswerOf<'user.find'>> => client.query('user.find', { username }),
      profile: (user: string): Promise<AnswerOf<'profile.get'>> => client.query('profile.get', { user }),
      contacts: (): Promise<AnswerOf<'contacts.list'>> => client.query('contacts.list', {}),
      addContact: (user: string, name?: string): Promise<Sent> =>
        client.change('contact.add', { user, ...(name === undefined ? {} : { name }) }),
      removeContact: (user: string): Promise<Sent> => client.change('contact.remove', { user }),
      blocks: (): Promise<AnswerOf<'blocks.list'>> => client.query('blocks.list', {}),
      block: (user: string): Promise<Sent> => client.change('block.add', { user }),
      unblock: (user: string): Promise<Sent> => client.change('block.remove', { user }),
      /** Tells the administrators. */
      report: (what: Fields<'report.send'>): Promise<Sent> => client.change('report.send', what),
    },
    self: {
      updateProfile: (what: Fields<'profile.update'>): Promise<Sent> => client.change('profile.update', what),
      privacy: (): Promise<AnswerOf<'privacy.get'>> => client.query('privacy.get', {}),
      updatePrivacy: (what: { last_seen?: Audience; presence?: Audience }): Promise<Sent> =>
        client.change('privacy.update', what),
      notifications: (): Promise<AnswerOf<'notifications.get'>> => client.query('notifications.get', {}),
      updateNotifications: (what: Fields<'notifications.update'>): Promise<Sent> =>
        client.change('notifications.update', what),
      devices: (): Promise<AnswerOf<'devices.list'>> => client.query('devices.list', {}),
      renameDevice: (device: string, name: string): Promise<Sent> =>
        client.change('device.rename', { device, name }),
      /** Signs a device of one’s own out, at once. */
      revokeDevice: (device: string): Promise<Sent> => client.change('device.revoke', { device }),
    },
  };
}
