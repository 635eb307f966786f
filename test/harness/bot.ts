import type { Scope } from '../../protocol/scopes.ts';
import { type Account, post } from './account.ts';
import type { Payload } from './device.ts';
import type { Reachable } from './server.ts';

let counter = 0;

/** Makes a bot of the owner's; what it gets is enough for a {@link Device}. */
export async function makeBot(
  server: Reachable,
  owner: Account,
  scopes: Scope[],
  more: object = {},
): Promise<Account> {
  const username = `bot-${process.pid}-${++counter}`;
  const response = await post(server, '/bots', { username, scopes, ...more }, owner.accessToken);
  if (response.status !== 201) throw new Error(`bot: ${response.status} ${await response.text()}`);
  return botAccount((await response.json()) as Payload);
}

export function botAccount({ bot, mqtt }: Payload): Account {
  return {
    ...{ user: mqtt.username, username: bot.username, device: mqtt.client_id, deviceToken: mqtt.password },
    // Over HTTP it is the same token; it has nothing else.
    ...{ accessToken: mqtt.password, password: '', refreshToken: '' },
  };
}
