import { RefusedError, type Session, Sessions, type Storage } from '../sdk/index.ts';

/** What `POST /bots` and `POST /bots/{id}/token` answer with, as far as it is needed here. */
export interface BotCredentials {
  bot: { id: string; username: string };
  mqtt: { username: string; client_id: string; password: string };
}

export function sessionOf({ bot, mqtt }: BotCredentials): Session {
  return {
    ...{ user: mqtt.username, username: bot.username, device: mqtt.client_id },
    ...{ deviceToken: mqtt.password, accessToken: mqtt.password, refreshToken: '' },
  };
}

/** The token of a bot is not refreshed: its owner makes another one. */
export class BotSessions extends Sessions {
  constructor(storage: Storage) {
    super('', storage);
  }

  override refresh(): Promise<Session> {
    const message = 'The token of a bot is good no more: its owner makes another one.';
    return Promise.reject(new RefusedError({ code: 'token_expired', message, retry: false }));
  }
}
