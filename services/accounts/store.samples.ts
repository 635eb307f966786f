import { randomBytes } from 'node:crypto';
import { uuidv7 } from 'uuidv7';
import type { Device, Invitation, RefreshToken, User } from './store.ts';

/** Users and what they sign in with, for conformance suites: valid, and saying as little as possible. */
export function sampleUser(fields: Partial<User> = {}): User {
  const id = fields.id ?? uuidv7();
  return {
    id,
    username: `u${id.slice(-12)}`,
    kind: 'person',
    admin: false,
    name: null,
    phone: null,
    photo: null,
    status: null,
    lastSeen: null,
    lastSeenAudience: 'everyone',
    presenceAudience: 'everyone',
    createdAt: 1_795_000_000_000,
    ...fields,
  };
}

export function sampleDevice(user: string, fields: Partial<Device> = {}): Device {
  return {
    id: uuidv7(),
    user,
    name: null,
    createdAt: 1_795_000_000_000,
    lastSeen: null,
    revokedAt: null,
    ...fields,
  };
}

export function sampleToken({ id, user }: Device, fields: Partial<RefreshToken> = {}): RefreshToken {
  const expiresAt = 1_795_000_000_000;
  return { hash: sampleHash(), device: id, user, family: uuidv7(), expiresAt, usedAt: null, ...fields };
}

export function sampleInvitation(fields: Partial<Invitation> = {}): Invitation {
  return {
    hash: sampleHash(),
    createdBy: null,
    admin: false,
    expiresAt: 1_795_000_000_000,
    usedBy: null,
    ...fields,
  };
}

/** As long as a SHA-256 in hex. */
export function sampleHash(): string {
  return randomBytes(32).toString('hex');
}
