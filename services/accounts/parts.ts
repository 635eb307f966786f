import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logging.ts';
import type { AccountHooks, Relations, SignInOrigins } from './accounts.ts';
import type { BotRights } from './bots/bots.ts';
import type { Known } from './known.ts';
import type { LastSeen } from './last-seen.ts';
import type { LoginGuard, LoginGuardSettings } from './login-guard.ts';
import type { Passwords } from './passwords.ts';
import type { AccountStore } from './store.ts';
import type { Tokens } from './tokens.ts';
import type { RunningVisibility } from './visibility.ts';

export interface AccountSettings extends LoginGuardSettings {
  registration: 'open' | 'invitation' | 'closed';
  invitationDays: number;
  accessSeconds: number;
  refreshDays: number;
  deviceDays: number;
  devicesPerUser: number;
  contactsPerUser: number;
  blocksPerUser: number;
  /** Of one person; 0: only administrators make bots. */
  botsPerUser: number;
  botCommandsPerSecond: number;
  botCommandBurst: number;
}

/** What the files of this service stand on. */
export interface AccountParts {
  store: AccountStore;
  known: Known;
  relations: Relations;
  bots: BotRights;
  visibility: RunningVisibility;
  lastSeen: LastSeen;
  hooks: AccountHooks;
  tokens: Tokens;
  passwords: Passwords;
  guard: LoginGuard;
  clock: Clock;
  logger: Logger;
  settings: AccountSettings;
  /** Null: nobody wants to know. */
  origins: SignInOrigins | null;
}
