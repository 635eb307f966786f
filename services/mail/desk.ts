import { randomUUID } from 'node:crypto';
import type { Clock } from '../../platform/clock.ts';
import { networkOf } from '../../platform/network-of.ts';
import { Refused } from '../../protocol/errors.ts';
import type { Accounts } from '../accounts/accounts.ts';
import { fingerprint } from '../accounts/secret-codes.ts';
import type { Actor } from '../actor.ts';
import { addressKey, mailAddress } from './address.ts';
import type { Links, MailList } from './links.ts';
import type { RequestLimits } from './request-limits.ts';
import type { MailAddress, MailKind, MailStore, MailToken, TokenPurpose } from './store.ts';
import type { Language } from './words/words.ts';

/** Mail as people have it: their address, and what they are written of. `ip` is whom requests are counted for. */
export interface MailDesk {
  /** Null: this server sends no mail. */
  readonly language: Language | null;
  /** Null: there is none. */
  own(user: string): Promise<MailAddress | null>;
  /**
   * An address to be verified: a mail is on its way. Whether another account has it is not said; whoever gets the mail learns it.
   * @throws {Refused} mail_not_configured, bad_credentials, bad_request, rate_limited
   */
  setAddress(actor: Actor, typed: string, password: string, ip: string): Promise<MailAddress>;
  /** @throws {Refused} mail_not_configured, not_found: there is no address */
  setChoices(
    user: string,
    choices: Partial<Pick<MailAddress, 'notices' | 'digests' | 'language'>>,
  ): Promise<MailAddress>;
  /** Forgets the address, which is told so. @throws {Refused} mail_not_configured */
  removeAddress(user: string): Promise<void>;
  /** @throws {Refused} mail_not_configured, link_invalid, email_taken, rate_limited */
  verify(token: string, ip: string): Promise<void>;
  /**
   * Takes the same steps whatever there is of that name: who it is is found out when the mail is sent.
   * @param typed a sign-in name or a mail address
   * @throws {Refused} mail_not_configured, bad_request, rate_limited
   */
  requestReset(typed: string, ip: string): Promise<void>;
  /** Sets the password and signs every device out. @throws {Refused} mail_not_configured, link_invalid, weak_password, rate_limited */
  confirmReset(token: string, next: string, ip: string): Promise<void>;
  /** What a link to unsubscribe is about. @throws {Refused} mail_not_configured, link_invalid */
  listOf(token: string): MailList;
  /** @throws {Refused} mail_not_configured, link_invalid */
  unsubscribe(token: string): Promise<void>;
}

export interface MailDeskParts {
  store: MailStore;
  accounts: Pick<Accounts, 'provePassword' | 'resetPassword'>;
  links: Links;
  limits: RequestLimits;
  language: Language;
  clock: Clock;
  /** There is something to send. */
  onWritten(): void;
}

const USERNAME = /^[a-z0-9][a-z0-9._-]{1,31}$/;

export function createMailDesk(parts: MailDeskParts): MailDesk {
  const { store, accounts, links, limits, language, clock, onWritten } = parts;

  async function write(kind: MailKind, user: string | null, data: Record<string, unknown>): Promise<void> {
    await store.enqueue({ id: randomUUID(), about: null, kind, user, data, createdAt: clock.now() });
    onWritten();
  }

  async function own(user: string): Promise<MailAddress> {
    const mail = await store.address(user);
    if (mail === null || (mail.address === null && mail.pending === null))
      throw new Refused('not_found', 'no mail address');
    return mail;
  }

  async function good(token: string, purpose: TokenPurpose): Promise<MailToken & { hash: string }> {
    const found = await store.token(fingerprint(token), clock.now());
    if (found === null || found.purpose !== purpose) throw new Refused('link_invalid');
    return found;
  }

  function listed(token: string) {
    const meant = links.unsubscribed(token);
    if (meant === null) throw new Refused('link_invalid');
    return meant;
  }

  return {
    language,
    own: (user) => store.address(user),

    async setAddress(actor, typed, password, ip) {
      const address = mailAddress(typed);
      await accounts.provePassword(actor, password, ip);
      await limits.take('verify', actor.user);
      await limits.take('verifyTo', addressKey(address));
      await store.setPending(actor.user, address);
      await write('verify', actor.user, { address });
      return own(actor.user);
    },

    async setChoices(user, choices) {
      await own(user);
      await store.setChoices(user, choices);
      return own(user);
    },

    async removeAddress(user) {
      const former = await store.removeAddress(user);
      await store.removeTokens(user, 'verify');
      await store.removeTokens(user, 'reset');
      if (former !== null) await write('address', user, { address: former, what: 'removed' });
    },

    async verify(token, ip) {
      await limits.take('confirmFrom', networkOf(ip));
      const { user, address, hash } = await good(token, 'verify');
      const result = await store.verify(user, address, addressKey(address), clock.now());
      if (result === 'taken') throw new Refused('email_taken');
      if (result === 'gone') throw new Refused('link_invalid');
      await store.takeToken(hash, clock.now());
      if (result.former === null || addressKey(result.former) === addressKey(address)) return;
      // A link that went to the former address gives no password any more.
      await store.removeTokens(user, 'reset');
      await write('address', user, { address: result.former, what: 'replaced' });
    },

    async requestReset(typed, ip) {
      const meant = typed.trim();
      const name = meant.includes('@') ? mailAddress(meant) : meant.toLowerCase();
      if (!name.includes('@') && !USERNAME.test(name))
        throw new Refused('bad_request', '/account: no such name');
      await limits.take('resetFrom', networkOf(ip));
      await limits.take('reset', addressKey(name));
      await write('reset', null, { typed: name });
    },

    async confirmReset(token, next, ip) {
      await limits.take('confirmFrom', networkOf(ip));
      const { user, hash } = await good(token, 'reset');
      await accounts.resetPassword(user, next, () => store.takeToken(hash, clock.now()));
      await store.removeTokens(user, 'reset');
      await write('password', user, {});
    },

    listOf: (token) => listed(token).list,

    async unsubscribe(token) {
      const { user, list } = listed(token);
      await store.setChoices(user, { [list]: false });
    },
  };
}

/** Where no mail is sent nothing of it is offered. */
export function noMail(): MailDesk {
  const refused = () => {
    throw new Refused('mail_not_configured');
  };
  const later = async () => refused();
  return {
    language: null,
    own: async () => null,
    setAddress: later,
    setChoices: later,
    removeAddress: later,
    verify: later,
    requestReset: later,
    confirmReset: later,
    listOf: refused,
    unsubscribe: later,
  };
}
