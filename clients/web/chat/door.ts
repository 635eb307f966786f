import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { AccountState, SupersededBy } from '../host/contract.ts';
import type { Chat } from './chat.ts';
import { type LeftBehind, withDrafts } from './left-behind.ts';
import type { Line } from './line.ts';
import { Mirror } from './mirror.ts';

export type DoorState =
  | { at: 'opening' }
  /** There is no room to keep anything: a private window, or blocked site data. */
  | { at: 'broken' }
  /** `by`: who ended it; null: nobody was signed in. */
  | { at: 'out'; by: 'user' | 'server' | null }
  | { at: 'in'; chat: Chat };

/** The way in: whether somebody is signed in on this device, and signing in. The same in all tabs, at the same time. */
export interface Door {
  readonly state: ReadonlySignal<DoorState>;
  /** Another tab has taken the connection: it runs a newer version, or it cannot share it with this one. */
  readonly superseded: ReadonlySignal<SupersededBy | null>;
  /** What comes cannot be kept any more. */
  readonly full: ReadonlySignal<boolean>;
  /** @throws {RefusedError} username_taken, weak_password, invitation_required, …; an Error: not reachable */
  register(
    username: string,
    password: string,
    more?: { invitation?: string; device?: string },
  ): Promise<void>;
  /** @throws {RefusedError} bad_credentials, rate_limited, …; an Error: not reachable */
  login(username: string, password: string, more?: { device?: string }): Promise<void>;
  /** After `broken`. */
  tryAgain(): void;
}

/** @param left what pages of this browser have left when they closed */
export function openDoor(line: Line, left: LeftBehind): Door {
  const state: Signal<DoorState> = signal({ at: 'opening' });
  const superseded = signal<SupersededBy | null>(null);
  const full = signal(false);
  let mirror: Mirror | null = null;

  const enter = (entered: AccountState | null, by: 'user' | 'server' | null) => {
    const found = left.enter(entered?.me.device ?? null);
    const account = entered && { ...entered, conversations: withDrafts(entered.conversations, found) };
    if (account === null) {
      mirror = null;
      full.value = false;
      state.value = { at: 'out', by };
    } else if (mirror !== null && mirror.me.device === account.me.device) mirror.resume(account);
    else {
      mirror = new Mirror(line, account);
      state.value = { at: 'in', chat: mirror };
    }
  };

  line.onWelcome = ({ account }) => enter(account, null);
  line.onBroken = () => {
    state.value = { at: 'broken' };
  };
  line.onLost = () => {
    if (mirror !== null) mirror.status.value = 'offline';
  };
  line.onPush = (push) => {
    if (push.push === 'account') enter(push.account, push.by);
    else if (push.push === 'superseded') superseded.value = push.by;
    else if (push.push === 'full') full.value = true;
    else mirror?.took(push);
  };
  void line.connect();

  return {
    state,
    superseded,
    full,
    // The new account comes by a push, as to every other tab.
    register: async (username, password, more = {}) =>
      void (await line.ask('register', username, password, more)),
    login: async (username, password, more = {}) => void (await line.ask('login', username, password, more)),
    tryAgain() {
      state.value = { at: 'opening' };
      void line.connect();
    },
  };
}
