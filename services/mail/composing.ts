import type { AccountStore } from '../accounts/store.ts';
import type { PreferenceStore } from '../preferences/store.ts';
import { addressKey } from './address.ts';
import type { Digests } from './digest/digests.ts';
import type { Letter } from './letters/letter.ts';
import type { Letters, Reader } from './letters/letters.ts';
import type { Links } from './links.ts';
import type { MailSettings } from './settings.ts';
import type { MailAddress, MailItem, MailStore } from './store.ts';
import { isLanguage } from './words/words.ts';

/** What is to be sent, and to whom, as things stand now; or why nothing is. */
export type Composed = { to: string; letter: Letter } | { dropped: string };

export interface Composing {
  compose(item: MailItem): Promise<Composed>;
}

const UTC = 'UTC';

/** Nothing of what a mail says is kept before it is sent: it is composed of what is so at that moment. */
export function createComposing(parts: {
  store: MailStore;
  accounts: Pick<AccountStore, 'user' | 'userByName'>;
  preferences: Pick<PreferenceStore, 'notifications'>;
  digests: Pick<Digests, 'compose'>;
  letters: Letters;
  links: Pick<Links, 'token'>;
  settings: Pick<MailSettings, 'language' | 'resetMs' | 'verifyMs' | 'maxAgeMs'>;
  clock: { now(): number };
}): Composing {
  const { store, accounts, preferences, digests, letters, links, settings, clock } = parts;

  async function readerOf(id: string, mail: MailAddress | null): Promise<Reader | null> {
    const user = await accounts.user(id);
    if (user === null || user.kind === 'bot') return null;
    const { quiet } = (await preferences.notifications([id])).get(id)!;
    const chosen = mail?.language ?? '';
    return {
      ...{ user: id, username: user.username, name: user.name },
      language: isLanguage(chosen) ? chosen : settings.language,
      zone: quiet?.zone ?? UTC,
    };
  }

  /** Whom somebody meant who typed a sign-in name or an address. */
  async function meant(typed: string): Promise<string | null> {
    if (typed.includes('@')) return store.userByAddress(addressKey(typed));
    return (await accounts.userByName(typed))?.id ?? null;
  }

  const expired = (item: MailItem) => clock.now() >= item.createdAt + ageOf(item.kind, settings);

  async function withLink(item: MailItem, purpose: 'verify' | 'reset', mail: MailAddress, address: string) {
    const { token, hash } = links.token(item.id);
    const expiresAt = item.createdAt + ageOf(item.kind, settings);
    await store.addToken({ hash, user: mail.user, purpose, address, expiresAt });
    return { token, expiresAt };
  }

  async function verification(item: MailItem): Promise<Composed> {
    const mail = await store.address(item.user!);
    const address = String(item.data.address);
    if (mail?.pending !== address) return { dropped: 'not_wanted' };
    const reader = await readerOf(mail.user, mail);
    if (reader === null) return { dropped: 'nobody' };
    const { token, expiresAt } = await withLink(item, 'verify', mail, address);
    return { to: address, letter: letters.verify(reader, token, expiresAt) };
  }

  async function reset(item: MailItem): Promise<Composed> {
    const user = await meant(String(item.data.typed));
    const mail = user === null ? null : await store.address(user);
    const reader = user === null ? null : await readerOf(user, mail);
    if (mail === null || mail.address === null || mail.bouncing || reader === null)
      return { dropped: 'nobody' };
    const { token, expiresAt } = await withLink(item, 'reset', mail, mail.address);
    return { to: mail.address, letter: letters.reset(reader, token, expiresAt) };
  }

  /** To the former address, which the account does not have any more. */
  async function former(item: MailItem): Promise<Composed> {
    const reader = await readerOf(item.user!, await store.address(item.user!));
    if (reader === null) return { dropped: 'nobody' };
    const what = item.data.what === 'removed' ? 'removed' : 'replaced';
    return { to: String(item.data.address), letter: letters.address(reader, what) };
  }

  async function toVerified(
    item: MailItem,
    wanted: (mail: MailAddress) => boolean,
    write: (reader: Reader, mail: MailAddress) => Letter | null | Promise<Letter | null>,
  ): Promise<Composed> {
    const mail = await store.address(item.user!);
    if (mail === null || mail.address === null) return { dropped: 'nobody' };
    if (mail.bouncing) return { dropped: 'bouncing' };
    if (!wanted(mail)) return { dropped: 'not_wanted' };
    const reader = await readerOf(mail.user, mail);
    const letter = reader === null ? null : await write(reader, mail);
    return letter === null ? { dropped: 'nothing' } : { to: mail.address, letter };
  }

  async function deviceNotice(item: MailItem): Promise<Composed> {
    const { device, name, at } = item.data as { device: string; name: string | null; at: number };
    const network = await store.origin(device);
    return toVerified(
      item,
      // An address that came later is not told of what was before it.
      ({ notices, verifiedAt }) => notices && verifiedAt !== null && verifiedAt <= at,
      (reader) => letters.device(reader, { device: name, at, network }),
    );
  }

  return {
    async compose(item) {
      if (expired(item)) return { dropped: 'too_late' };
      switch (item.kind) {
        case 'verify':
          return verification(item);
        case 'reset':
          return reset(item);
        case 'address':
          return former(item);
        case 'password':
          return toVerified(
            item,
            () => true,
            (reader) => letters.password(reader, item.createdAt),
          );
        case 'device':
          return deviceNotice(item);
        case 'digest':
          return toVerified(
            item,
            ({ digests: wanted }) => wanted,
            (reader) => digests.compose(reader, Number(item.data.told)),
          );
      }
    },
  };
}

/** For how long it makes sense to send it, milliseconds. */
export function ageOf(
  kind: MailItem['kind'],
  settings: Pick<MailSettings, 'resetMs' | 'verifyMs' | 'maxAgeMs'>,
): number {
  if (kind === 'reset') return settings.resetMs;
  return kind === 'verify' ? settings.verifyMs : settings.maxAgeMs;
}
