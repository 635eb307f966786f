import { domainToASCII } from 'node:url';
import { Refused } from '../../protocol/errors.ts';

/** RFC 5321 §4.5.3.1: of the part before the `@`, and of the whole. */
const MOST_LOCAL = 64;
const MOST = 254;
/** RFC 5322 §3.2.3, dot-atom. Quoted parts are left out on purpose: nobody has one, and they hide what is behind them. */
const LOCAL = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * An address as it is written to: what is before the `@` as it was typed, the domain in the letters of DNS (RFC 5890).
 * @throws {Refused} bad_request
 */
export function mailAddress(typed: string): string {
  const text = typed.trim();
  const at = text.lastIndexOf('@');
  const local = text.slice(0, Math.max(at, 0));
  const domain = domainToASCII(text.slice(at + 1)).toLowerCase();
  const labels = domain.split('.');
  const good =
    at > 0 &&
    local.length <= MOST_LOCAL &&
    LOCAL.test(local) &&
    labels.length >= 2 &&
    labels.every((label) => LABEL.test(label)) &&
    // Not an IP address.
    !/^\d+$/.test(labels.at(-1)!) &&
    local.length + 1 + domain.length <= MOST;
  if (!good) throw new Refused('bad_request', '/email: not a mail address');
  return `${local}@${domain}`;
}

/** The form in which addresses are compared: two that differ in capitals reach the same people everywhere. */
export function addressKey(address: string): string {
  return address.toLowerCase();
}
