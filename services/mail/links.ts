import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { fingerprint } from '../accounts/secret-codes.ts';

/** What can be unsubscribed from. */
export type MailList = 'notices' | 'digests';
const LISTS: readonly MailList[] = ['notices', 'digests'];

/** Secrets in links, made of the server's key: none is kept, and whoever sends a mail again sends the same link. */
export interface Links {
  /** Of the link in one mail, named by its id in the outbox; and what is stored of it. */
  token(id: string): { token: string; hash: string };
  /** Good for as long as the account is there: whoever holds the mail may stop it, and nothing else (RFC 8058 §3.1). */
  unsubscribe(user: string, list: MailList): string;
  /** Whose, and what of; null: not one of ours. */
  unsubscribed(token: string): { user: string; list: MailList } | null;
}

const KEY_BYTES = 32;
const MAC_BYTES = 32;
const ID_BYTES = 16;

/** @param signingKey the key that all processes of an installation share; keys of its own are derived from it (RFC 5869) */
export function createLinks(signingKey: string): Links {
  const key = (use: string) =>
    Buffer.from(hkdfSync('sha256', signingKey, '', `dunlin mail ${use}`, KEY_BYTES));
  const [ofTokens, ofLists] = [key('links'), key('unsubscribe')];
  const mac = (user: Buffer, list: number) =>
    createHmac('sha256', ofLists).update(user).update(Buffer.of(list)).digest();

  return {
    token(id) {
      const token = createHmac('sha256', ofTokens).update(id).digest('base64url');
      return { token, hash: fingerprint(token) };
    },

    unsubscribe(user, list) {
      const id = Buffer.from(user.replaceAll('-', ''), 'hex');
      const place = LISTS.indexOf(list);
      return Buffer.concat([id, Buffer.of(place), mac(id, place)]).toString('base64url');
    },

    unsubscribed(token) {
      const bytes = Buffer.from(token, 'base64url');
      if (bytes.length !== ID_BYTES + 1 + MAC_BYTES) return null;
      const id = bytes.subarray(0, ID_BYTES);
      const place = bytes[ID_BYTES]!;
      if (!timingSafeEqual(bytes.subarray(ID_BYTES + 1), mac(id, place))) return null;
      const list = LISTS[place];
      const user = id.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
      return list === undefined ? null : { user, list };
    },
  };
}
