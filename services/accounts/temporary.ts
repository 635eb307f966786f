import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { uuidv7 } from 'uuidv7';
import { createLogger } from '../../platform/logging.ts';
import { type Change, VERSION } from '../../protocol/commands.ts';
import { Refused } from '../../protocol/errors.ts';
import type { Actor } from '../actor.ts';
import { openDirectory } from '../directory/open.ts';
import { type LocalPipeline, localPipeline } from '../messages/fixtures/local-pipeline.ts';
import type { Outcome } from '../messages/pipeline.ts';
import { temporaryMessages } from '../messages/temporary.ts';
import { createQueries } from '../queries.ts';
import type { AccountChange, AccountHooks, SignIn } from './accounts.ts';
import { createAccounts } from './create.ts';
import type { AccountSettings } from './parts.ts';

export const PASSWORD = 'correct horse battery staple';
export const IP = '192.0.2.1';

/** An Ed25519 key of its own, PKCS #8 PEM. */
export function newSigningKey(): string {
  return generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  }).privateKey;
}

/** The change without its envelope. */
export type Asked = Change extends infer C ? (C extends Change ? Omit<C, 'v' | 'id'> : never) : never;

/** The accounts service on a directory, a log and a history of its own, for tests. What happens outside is written down. */
export async function temporaryAccounts(changed: Partial<AccountSettings> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'dunlin-accounts-'));
  const directory = await openDirectory(join(folder, 'directory.db'));
  const messages = await temporaryMessages();
  const clock = { time: 1_800_000_000_000, now: () => clock.time };
  const logger = createLogger('silent');
  const signingKey = newSigningKey();
  const happened = { added: [] as string[], revoked: [] as string[] };
  /** Pairs of users who share a conversation. */
  const sharing = new Set<string>();
  let pipeline: LocalPipeline;

  const request = (actor: Actor, asked: Asked, id: string = uuidv7()): Promise<Outcome> => {
    const command = { v: VERSION, id, ...asked } as Change;
    return pipeline.request(actor, command, JSON.stringify(command));
  };
  const change = async (actor: Actor, asked: AccountChange): Promise<void> => {
    const outcome = await request(actor, asked as Asked);
    if (!outcome.ok) throw new Refused(outcome.error.code, outcome.error.detail);
  };
  const hooks: AccountHooks = {
    change,
    groupsOf: async () => [],
    deviceAdded: async (_user, device) => void happened.added.push(device.id),
    deviceRevoked: async (_user, device) => void happened.revoked.push(device),
    share: async (a, b) => sharing.has(`${a}/${b}`) || sharing.has(`${b}/${a}`),
    async revoke(actor, device) {
      const outcome = await request(actor, { type: 'device.revoke', device });
      if (!outcome.ok && outcome.error.code !== 'not_found') throw new Refused(outcome.error.code);
    },
  };
  const settings: AccountSettings = {
    registration: 'open',
    invitationDays: 7,
    accessSeconds: 900,
    refreshDays: 60,
    deviceDays: 365,
    devicesPerUser: 50,
    contactsPerUser: 10_000,
    blocksPerUser: 10_000,
    botsPerUser: 3,
    botCommandsPerSecond: 0,
    botCommandBurst: 1,
    loginFailuresPerAccount: 5,
    loginFailuresPerIp: 50,
    loginWindowSeconds: 900,
    registrationsPerHourIp: 0,
    ...changed,
  };
  const make = () =>
    createAccounts({ store: directory.accounts, hooks, signingKey, clock, logger, settings });
  const accounts = make();
  const queries = createQueries(accounts.queryRules);
  pipeline = localPipeline({
    log: messages.log,
    history: messages.history,
    rules: accounts.changeRules,
    clock,
    logger,
  });
  await pipeline.start();

  return {
    accounts,
    store: directory.accounts,
    history: messages.history,
    hooks,
    clock,
    signingKey,
    settings,
    happened,
    sharing,
    request,
    /** Another service on the same directory: what a restart makes. The caller stops it. */
    make,

    register: (username: string): Promise<SignIn> =>
      accounts.register({ username, password: PASSWORD, device: null, name: null, invitation: null }, IP),
    login: (username: string, password = PASSWORD, ip = IP): Promise<SignIn> =>
      accounts.login({ username, password, device: null }, ip),
    /** Makes the change; resolves with its event's body. @throws {Refused} */
    async change(actor: Actor, asked: Asked, id?: string): Promise<Record<string, unknown>> {
      const outcome = await request(actor, asked, id);
      if (!outcome.ok) throw new Refused(outcome.error.code, outcome.error.detail);
      return JSON.parse(outcome.event.body);
    },
    // biome-ignore lint/suspicious/noExplicitAny: answers of every query, looked at by the tests
    ask: (actor: Actor, query: { type: string } & Record<string, unknown>): Promise<any> =>
      queries.answer(actor, { v: VERSION, id: uuidv7(), ...query } as never),

    async dispose() {
      await pipeline.stop();
      await accounts.stop();
      await messages.dispose();
      await directory.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export type TemporaryAccounts = Awaited<ReturnType<typeof temporaryAccounts>>;

export const actorOf = ({ user, device }: SignIn): Actor => ({ user: user.id, device: device.id });

/** For `assert.rejects`: refused with this code. */
export const refusedWith = (code: string) => (error: unknown) =>
  error instanceof Refused && error.refusal.code === code;
