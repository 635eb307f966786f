import { randomUUID } from 'node:crypto';
import { uuidv7 } from 'uuidv7';
import type { SignIn } from './accounts.ts';
import type { AccountParts } from './parts.ts';
import { fingerprint, secretCode } from './secret-codes.ts';
import type { Device, RefreshToken, User } from './store.ts';

const DAY_SECONDS = 86_400;
const REFRESH_TOKEN_BYTES = 32;

type DeviceParts = Pick<
  AccountParts,
  'store' | 'hooks' | 'tokens' | 'clock' | 'logger' | 'settings' | 'origins'
>;

/** A refresh token for the device, and what is stored of it. */
export function makeRefreshToken(
  { clock, settings }: Pick<AccountParts, 'clock' | 'settings'>,
  device: Device,
  family: string,
): { token: string; stored: RefreshToken } {
  const token = secretCode(REFRESH_TOKEN_BYTES);
  const stored = {
    hash: fingerprint(token),
    device: device.id,
    user: device.user,
    family,
    expiresAt: clock.now() + settings.refreshDays * DAY_SECONDS * 1_000,
    usedAt: null,
  };
  return { token, stored };
}

/** Everything that a device needs, around a refresh token that is stored already. */
export async function signInWith(
  { tokens, settings }: Pick<AccountParts, 'tokens' | 'settings'>,
  user: User,
  device: Device,
  refreshToken: string,
): Promise<SignIn> {
  const actor = { user: user.id, device: device.id };
  const [accessToken, deviceToken] = await Promise.all([
    tokens.sign(actor, 'http', settings.accessSeconds),
    tokens.sign(actor, 'mqtt', settings.deviceDays * DAY_SECONDS),
  ]);
  return { user, device, accessToken, expiresIn: settings.accessSeconds, refreshToken, deviceToken };
}

/**
 * Makes a device of the user's and its first tokens, which begin a family.
 * @param ip where they sign in from
 * @param confirm asked when the device is there, and before it gets tokens: throws when it must not have them after all
 * @throws {Refused} too_many_devices, and what `confirm` throws
 */
export async function signInNewDevice(
  parts: DeviceParts,
  user: User,
  name: string | null,
  ip: string,
  confirm: () => Promise<void> = async () => {},
): Promise<SignIn> {
  const { store, hooks, logger, origins } = parts;
  const noteOrigin = async (device: Device) => origins?.note(device.id, ip);
  const device = await makeDevice(parts, user, name, null, noteOrigin);
  try {
    await confirm();
    const { token, stored } = makeRefreshToken(parts, device, uuidv7());
    await store.addRefreshToken(stored);
    return await signInWith(parts, user, device, token);
  } catch (error) {
    // The user's other devices have been told of it: they are told that it is gone.
    await hooks.revoke({ user: user.id, device: device.id }, device.id).catch((failure: unknown) => {
      logger.error({ err: failure, device: device.id }, 'a device without tokens could not be revoked');
    });
    throw error;
  }
}

/**
 * A device without tokens.
 * @param after a device of the user's whose place it takes: it goes on where that one stands; null: it begins now
 * @param onMade told of it before anybody hears of it
 * @throws {Refused} too_many_devices
 */
export async function makeDevice(
  { store, hooks, clock, settings }: Pick<DeviceParts, 'store' | 'hooks' | 'clock' | 'settings'>,
  user: User,
  name: string | null,
  after: string | null = null,
  onMade: (device: Device) => Promise<void> = async () => {},
): Promise<Device> {
  const device = {
    // Not a UUIDv7: no command can have the id of a device's stream.
    id: randomUUID(),
    user: user.id,
    name,
    createdAt: clock.now(),
    lastSeen: null,
    revokedAt: null,
  };
  await store.addDevice(device, settings.devicesPerUser);
  try {
    await onMade(device);
    await hooks.deviceAdded(user.id, device, after);
  } catch (error) {
    await store.revokeDevice(user.id, device.id, clock.now());
    throw error;
  }
  return device;
}
