import { createHash, ECDH, randomUUID } from 'node:crypto';
import type { Clock } from '../../platform/clock.ts';
import type { Outbound } from '../../platform/outbound/outbound.ts';
import { Refused } from '../../protocol/errors.ts';
import type { AccountStore } from '../accounts/store.ts';
import type { Actor } from '../actor.ts';
import { sealingKey } from './sealing.ts';
import type { RouteKind, RouteTarget } from './sender.ts';
import type { PushSettings } from './settings.ts';
import type { DeviceRoutes, LedgerEntry, PushStore } from './store.ts';

/** Where devices are reached, as their users have it. */
export interface PushRegistry {
  /**
   * In place of what was registered. For the asking device itself: nobody else knows where it is.
   * @throws {Refused} forbidden: another device; not_found; bad_request, with which route and why; list_full
   */
  put(
    actor: Actor,
    device: string,
    asked: { routes: readonly RouteTarget[]; key?: string },
  ): Promise<Registered>;
  /** @throws {Refused} not_found: no device of the user's */
  get(actor: Actor, device: string): Promise<Registered>;
  /** @throws {Refused} not_found: no device of the user's */
  remove(actor: Actor, device: string): Promise<void>;
  /** Has a notification sent that says nothing but that it comes. @throws {Refused} not_found: no such device, or without routes; rate_limited */
  test(actor: Actor, device: string): Promise<void>;
}

export interface Registered {
  routes: { kind: RouteKind; registeredAt: number }[];
  /** It gave a key. */
  sealed: boolean;
  last: LedgerEntry | null;
}

/** Between two tests of one device, milliseconds. */
const TEST_EVERY_MS = 5_000;
const TEST_AGE_MS = 600_000;

export function createPushRegistry(parts: {
  store: PushStore;
  accounts: Pick<AccountStore, 'device'>;
  outbound: Pick<Outbound, 'check'>;
  /** What can be reached from here. */
  kinds: ReadonlySet<RouteKind>;
  settings: Pick<PushSettings, 'routesPerDevice'>;
  clock: Clock;
  /** Routes of this user have changed. */
  onChanged(user: string): void;
  /** There is something to send. */
  onReady(): void;
}): PushRegistry {
  const { store, accounts, outbound, kinds, settings, clock, onChanged, onReady } = parts;

  /** @throws {Refused} not_found: to anybody else it is not there */
  async function own({ user }: Actor, device: string): Promise<void> {
    const found = await accounts.device(device);
    if (found === null || found.user !== user || found.revokedAt !== null) throw new Refused('not_found');
  }

  function checked(target: RouteTarget, place: number): RouteTarget {
    const no = (why: string) => new Refused('bad_request', `/routes/${place}: ${why}`);
    if (!kinds.has(target.kind)) throw no(`${target.kind} is not set up at this server`);
    if ('p256dh' in target || 'auth' in target) {
      const { p256dh, auth } = target;
      if (p256dh === undefined || auth === undefined) throw no('p256dh and auth belong together');
      if (!isPoint(p256dh)) throw no('p256dh must be an uncompressed point of P-256, base64url');
      if (bytesOf(auth) !== 16) throw no('auth must be 16 bytes, base64url');
    }
    if (!('endpoint' in target)) return target;
    if (target.kind === 'webpush' && !target.endpoint.startsWith('https:')) throw no('must be https');
    try {
      return { ...target, endpoint: outbound.check(target.endpoint).href };
    } catch (error) {
      throw error instanceof Refused
        ? no(`endpoint: ${error.refusal.detail?.replace('/url: ', '') ?? ''}`)
        : error;
    }
  }

  async function registered(device: string): Promise<Registered> {
    const [found, last] = await Promise.all([store.routesOf([device]), store.lastOf(device)]);
    const { routes = [], key = null } = found.get(device) ?? {};
    return {
      routes: routes.map(({ target, registeredAt }) => ({ kind: target.kind, registeredAt })),
      sealed: key !== null,
      last,
    };
  }

  return {
    async put(actor, device, { routes: asked, key }) {
      if (actor.device !== device) throw new Refused('forbidden', 'a device registers its own routes');
      if (asked.length > settings.routesPerDevice)
        throw new Refused('list_full', `at most ${settings.routesPerDevice} routes`);
      if (key !== undefined && sealingKey(key) === null)
        throw new Refused('bad_request', '/key: must be an X25519 public key, base64');
      await own(actor, device);
      const registeredAt = clock.now();
      const routes = asked.map((target, place) => ({
        id: randomUUID(),
        target: checked(target, place),
        registeredAt,
      }));
      const fingerprints = new Map(
        routes.flatMap(({ id, target }) => {
          const print = fingerprintOf(target);
          return print === null ? [] : [[id, print] as const];
        }),
      );
      if (new Set(fingerprints.values()).size < fingerprints.size)
        throw new Refused('bad_request', '/routes: one is there twice');
      const row: DeviceRoutes = { device, user: actor.user, routes, key: key ?? null };
      // Before and behind: who is asked about meanwhile is asked about again.
      onChanged(actor.user);
      await store.putRoutes(row, fingerprints);
      onChanged(actor.user);
      return registered(device);
    },

    async get(actor, device) {
      await own(actor, device);
      return registered(device);
    },

    async remove(actor, device) {
      await own(actor, device);
      await store.removeRoutes(device);
      onChanged(actor.user);
    },

    async test(actor, device) {
      await own(actor, device);
      if (!(await store.routesOf([device])).has(device))
        throw new Refused('not_found', 'the device has registered no routes');
      const now = clock.now();
      // One in so long: the number of the one before is the same.
      const seq = Math.floor(now / TEST_EVERY_MS);
      const notice = { device, conversation: device, seq, user: actor.user, kind: 'test' as const };
      const times = { createdAt: now, expiresAt: now + TEST_AGE_MS };
      if (!(await store.enqueueOne({ ...notice, ...times }, now)))
        throw new Refused('rate_limited', 'one test in 5 seconds', (seq + 1) * TEST_EVERY_MS - now);
      onReady();
    },
  };
}

/** Of what is of one device only; null: many may have it, as the machine of whoever made the app. */
function fingerprintOf(target: RouteTarget): string | null {
  if (target.kind === 'webhook') return null;
  const where = 'endpoint' in target ? target.endpoint : target.token;
  return createHash('sha256')
    .update(JSON.stringify([target.kind, where]))
    .digest('hex');
}

function isPoint(text: string): boolean {
  try {
    const bytes = Buffer.from(text, 'base64url');
    // It throws for what is not on the curve.
    return bytes.length === 65 && bytes[0] === 4 && ECDH.convertKey(bytes, 'prime256v1').length === 65;
  } catch {
    return false;
  }
}

const bytesOf = (text: string) => Buffer.from(text, 'base64url').length;
