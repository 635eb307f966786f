import { generateKeyPairSync, randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/** Readable and writable by its owner, and by nobody else. */
const OWNER_ONLY = 0o600;

/** Loads the Ed25519 private key (PKCS #8, PEM) that signs tokens; makes one on first start. */
export function loadSigningKey(folder: string): string {
  return loadOrCreate(
    join(folder, 'signing-key.pem'),
    () =>
      generateKeyPairSync('ed25519', {
        privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
        publicKeyEncoding: { type: 'spki', format: 'pem' },
      }).privateKey,
  );
}

/** Loads the P-256 private key (PKCS #8, PEM) by which push services know this server (RFC 8292); makes one on first start. */
export function loadVapidKey(folder: string): string {
  return loadOrCreate(
    join(folder, 'vapid-key.pem'),
    () =>
      generateKeyPairSync('ec', {
        namedCurve: 'P-256',
        privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
        publicKeyEncoding: { type: 'spki', format: 'pem' },
      }).privateKey,
  );
}

function loadOrCreate(path: string, make: () => string): string {
  const existing = read(path);
  if (existing !== null) return existing;
  // Written whole under another name first: a crash leaves no half a key, and of two at once one wins.
  const unfinished = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const descriptor = openSync(unfinished, 'wx', OWNER_ONLY);
  try {
    writeSync(descriptor, make());
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  try {
    linkSync(unfinished, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(unfinished);
  }
  return read(path)!;
}

function read(path: string): string | null {
  let mode: number;
  try {
    mode = statSync(path).mode;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new Error(
      `${path} can be read by others (mode ${(mode & 0o777).toString(8)}): run chmod 600 on it, and think about replacing it`,
    );
  }
  return readFileSync(path, 'utf8').trim();
}
