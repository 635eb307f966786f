import type { CacheAge } from '../../platform/cache-age.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logging.ts';
import type { Metrics } from '../../platform/metrics.ts';
import { TokenBuckets } from '../../platform/token-bucket.ts';
import { Refused } from '../../protocol/errors.ts';
import type { AccountHooks, Accounts, SignInOrigins } from './accounts.ts';
import { createAuthentication } from './authentication.ts';
import { createBotManagement } from './bots/managing.ts';
import { BotRates, type CreateBuckets } from './bots/rates.ts';
import { createBotRights } from './bots/rights.ts';
import type { CreateFailureCounts } from './failure-counts.ts';
import { createAdministration } from './invitations.ts';
import { createKnown } from './known.ts';
import { LastSeen } from './last-seen.ts';
import { LoginGuard } from './login-guard.ts';
import type { AccountParts, AccountSettings } from './parts.ts';
import { createPasswordChanges } from './password-changes.ts';
import { Passwords } from './passwords.ts';
import { accountQueries } from './queries/index.ts';
import { createRefresh } from './refresh.ts';
import { createRegistration } from './registration.ts';
import { createRelations } from './relations.ts';
import { accountRules } from './rules/index.ts';
import { createLogin } from './sign-in.ts';
import { counted } from './sign-in-metrics.ts';
import type { AccountStore } from './store.ts';
import { sweepTokens } from './token-sweep.ts';
import { Tokens } from './tokens.ts';
import { createVisibility } from './visibility.ts';

/** `signingKey`: Ed25519, PKCS #8 PEM. */
export function createAccounts(given: {
  store: AccountStore;
  hooks: AccountHooks;
  signingKey: string;
  clock: Clock;
  logger: Logger;
  metrics?: Metrics;
  settings: AccountSettings;
  /** Where other processes change the store too; absent: nobody does. */
  cacheAge?: CacheAge;
  /** Where failed logins and registrations are counted; absent: in this process. */
  failureCounts?: CreateFailureCounts;
  /** Where commands of bots are counted; absent: in this process. */
  botBuckets?: CreateBuckets;
  /** Who is told where devices sign in from; absent: nobody. */
  origins?: SignInOrigins | null;
}): Accounts {
  const { store, hooks, clock, logger, metrics, settings } = given;
  const known = createKnown(store, given.cacheAge);
  const relations = createRelations(known);
  const { botCommandsPerSecond, botCommandBurst } = settings;
  const createBuckets: CreateBuckets =
    given.botBuckets ?? ((perSecond, burst) => new TokenBuckets(perSecond, burst, clock));
  const botRates = new BotRates(botCommandsPerSecond, botCommandBurst, createBuckets);
  const parts: AccountParts = {
    store,
    known,
    relations,
    bots: createBotRights(known, botRates),
    visibility: createVisibility({ known, relations, share: hooks.share }),
    lastSeen: new LastSeen(store, logger),
    hooks,
    tokens: new Tokens(given.signingKey, clock),
    passwords: new Passwords(),
    guard: new LoginGuard(settings, given.failureCounts),
    clock,
    logger,
    settings,
    origins: given.origins ?? null,
  };
  const passwords = createPasswordChanges(parts);
  const stopSweeping = sweepTokens(parts);

  return {
    ...createAuthentication(parts),
    ...createAdministration(parts),
    ...createBotManagement(parts),
    bots: parts.bots,
    register: counted(metrics, 'register', createRegistration(parts)),
    login: counted(metrics, 'login', createLogin(parts, passwords)),
    refresh: counted(metrics, 'refresh', createRefresh(parts)),
    logout: (actor) => hooks.revoke(actor, actor.device),
    changePassword: passwords.change,
    async usernameOf(id) {
      const user = await known.users.get(id);
      if (user === null) throw new Refused('user_not_found');
      return user.username;
    },
    provePassword: passwords.prove,
    resetPassword: passwords.reset,
    relations,
    visibility: parts.visibility,
    changeRules: accountRules(parts),
    queryRules: accountQueries(parts),
    seen: (actor, at) => parts.lastSeen.note(actor, at),
    lastSeen: (user) => parts.lastSeen.ofUser(user),
    forgetKnown: () => known.forgetAll(),
    async stop() {
      await parts.lastSeen.stop();
      await stopSweeping();
    },
  };
}
